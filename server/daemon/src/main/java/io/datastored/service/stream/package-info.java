/**
 * Open streams: watches and drains, from their request to their last message. The calls and the
 * assembly of the services may call it. A stream sends only while its transport is ready, and owns
 * no queue.
 */
@NullMarked
package io.datastored.service.stream;

import org.jspecify.annotations.NullMarked;
