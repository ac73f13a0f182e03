/**
 * One class per gRPC service, with each call from top to bottom: validate the request, query a
 * room, map the outcome. Only the assembly of the services may call it. No call keeps state after
 * its answer.
 */
@NullMarked
package io.datastored.service.call;

import org.jspecify.annotations.NullMarked;
