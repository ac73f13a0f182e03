/** Calls to the server over one gRPC channel, and how a dead connection is detected. */
@NullMarked
package io.datastored.client.internal.transport;

import org.jspecify.annotations.NullMarked;
