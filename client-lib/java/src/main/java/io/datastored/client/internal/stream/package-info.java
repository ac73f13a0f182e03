/** Watches and drains that a thread of the caller follows across broken connections. */
@NullMarked
package io.datastored.client.internal.stream;

import org.jspecify.annotations.NullMarked;
