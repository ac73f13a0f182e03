/**
 * One class per gRPC service, the open watch, the mapping between contract and domain, and the one
 * table from refusal to status. The daemon registers it. Requests are checked where they become
 * domain records, and no other room knows a status.
 */
@NullMarked
package io.datastored.service;

import org.jspecify.annotations.NullMarked;
