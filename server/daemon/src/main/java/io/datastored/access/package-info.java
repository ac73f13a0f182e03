/**
 * Access decides who may do what: who is at the other end of a connection, which rules hold, and
 * what they grant. No gRPC.
 */
@NullMarked
package io.datastored.access;

import org.jspecify.annotations.NullMarked;
