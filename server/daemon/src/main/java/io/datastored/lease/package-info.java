/**
 * Sessions, leases, their expiry, and recovery after a restart. The services and the drain may call
 * it. A session ends once: renewal and expiry meet in one compare-and-set.
 */
@NullMarked
package io.datastored.lease;

import org.jspecify.annotations.NullMarked;
