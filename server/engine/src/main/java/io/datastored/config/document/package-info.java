/**
 * The text of a configuration: sections, their faults, edits that change one section and leave the
 * rest as it is written. The rooms above may call it. Pure: no file, no clock; a document is
 * immutable.
 */
@NullMarked
package io.datastored.config.document;

import org.jspecify.annotations.NullMarked;
