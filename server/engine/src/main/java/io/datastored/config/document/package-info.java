/**
 * The text of a configuration: sections, their faults, and edits that change one section and
 * preserve the rest. The rooms above may call it. Pure: no files, no clock; a document is
 * immutable.
 */
@NullMarked
package io.datastored.config.document;

import org.jspecify.annotations.NullMarked;
