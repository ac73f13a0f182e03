/** The near cache: what is answered from memory, and the local handles on leases. */
@NullMarked
package io.datastored.client.internal.cache;

import org.jspecify.annotations.NullMarked;
