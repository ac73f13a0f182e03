/**
 * Protocol buffers to domain records and back, the identity of the caller, and the only table from
 * outcome to status. Every room of the services may call it. A request is validated as a whole: one
 * answer has all its faults.
 */
@NullMarked
package io.datastored.service.wire;

import org.jspecify.annotations.NullMarked;
