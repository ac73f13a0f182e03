/**
 * The guard in front of the transport: which clients may connect, how long opening a connection may
 * take, and how much work without a result one connection may cause. The daemon puts it before
 * gRPC's own handlers; it knows sockets and HTTP/2 frames, and no calls. Only this package limits
 * what a connection costs before its first call.
 */
@NullMarked
package io.datastored.transport;

import org.jspecify.annotations.NullMarked;
