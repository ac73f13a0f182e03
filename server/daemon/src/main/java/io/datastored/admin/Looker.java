package io.datastored.admin;

import io.datastored.access.PageTokens;
import io.datastored.access.Subject;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * A looker is the client that made a request to the admin listener. Immutable.
 *
 * @param subject with its rights at the moment
 * @param peer the address of the other end
 * @param token by which it is known; empty for anonymous
 */
record Looker(Subject subject, InetSocketAddress peer, Optional<PageTokens.Bearer> token) {}
