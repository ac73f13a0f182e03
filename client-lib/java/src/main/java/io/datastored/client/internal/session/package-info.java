/** The session of a client, its terms, and its leases at the server. */
@NullMarked
package io.datastored.client.internal.session;

import org.jspecify.annotations.NullMarked;
