/**
 * The runner of client-lib/conformance for Java: it does the scenario's steps by the client
 * library's public API, one JSON object per line in and out.
 */
@NullMarked
package io.datastored.client.conformance;

import org.jspecify.annotations.NullMarked;
