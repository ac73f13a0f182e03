/**
 * The guard in front of the transport: who may connect, how long opening a connection may take, and
 * how much work without a result one connection may cause. The daemon puts it before gRPC's own
 * handlers; it knows sockets and HTTP/2 frames, and nothing of calls. What a connection costs while
 * it has not yet asked for anything is decided here and nowhere else.
 */
@NullMarked
package io.datastored.transport;

import org.jspecify.annotations.NullMarked;
