/**
 * One class per gRPC service, each call top to bottom: request checked, question asked, outcome
 * answered. The assembly of the services may call it. No call keeps anything after its answer.
 */
@NullMarked
package io.datastored.service.call;

import org.jspecify.annotations.NullMarked;
