/**
 * The generated messages and services of the contract, for `client.call` and `client.stream`. Their 64-bit numbers are
 * bigint.
 *
 * @module
 */
export * from '../gen/datastored/v1/datastore_config_service_pb.js';
export * from '../gen/datastored/v1/datastore_pb.js';
export * from '../gen/datastored/v1/datastore_service_pb.js';
export * from '../gen/datastored/v1/error_reason_pb.js';
export * from '../gen/datastored/v1/lease_pb.js';
export * from '../gen/datastored/v1/maintenance_service_pb.js';
export * from '../gen/datastored/v1/session_service_pb.js';
