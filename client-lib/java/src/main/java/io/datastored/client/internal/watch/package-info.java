/** The watch, and how its frames become the view that lookups read. */
@NullMarked
package io.datastored.client.internal.watch;

import org.jspecify.annotations.NullMarked;
