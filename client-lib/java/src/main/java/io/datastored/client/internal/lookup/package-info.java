/** Lookups that the server must answer. */
@NullMarked
package io.datastored.client.internal.lookup;

import org.jspecify.annotations.NullMarked;
