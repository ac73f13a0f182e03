/**
 * What the status page shows: the same as Status and the lists of sessions and leases, worked out
 * once for all pages of one class of rights, and sent as what has changed. The admin room may call
 * it; {@code PageFeed} is where to begin.
 *
 * <p>Nothing here waits for a file system, and nothing is kept for a page that does not read: a
 * page that has missed too much gets everything again.
 */
@NullMarked
package io.datastored.service.page;

import org.jspecify.annotations.NullMarked;
