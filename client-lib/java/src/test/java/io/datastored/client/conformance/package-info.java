/**
 * The Java runner of client-lib/conformance: it executes the steps of a scenario with the public
 * API of the client library, one JSON object per line in and out.
 */
@NullMarked
package io.datastored.client.conformance;

import org.jspecify.annotations.NullMarked;
