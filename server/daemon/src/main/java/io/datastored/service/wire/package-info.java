/**
 * Protocol buffers to domain records and back, who the caller is, and the one table from outcome to
 * status. Every room of the services may call it. A request is checked as a whole: all its faults
 * are in one answer.
 */
@NullMarked
package io.datastored.service.wire;

import org.jspecify.annotations.NullMarked;
