import { timestampDate } from '@bufbuild/protobuf/wkt';
import { MaintenanceMode, MountState, Operation } from '../gen/datastored/v1/datastore_pb.js';

/**
 * A revision is one point in one history of the server's configuration. Those of two incarnations cannot be compared.
 *
 * @typedef {object} Revision
 * @property {string} incarnation
 * @property {number} generation
 */

/** @typedef {'READ' | 'WRITE'} LeasedOperation */

/**
 * @typedef {'NONE' | 'READ_ONLY' | 'OFFLINE' | 'DELETE' | 'UNMOUNT' | 'S3_REFRESH'} Mode
 */

/**
 * A datastore is a named section of `datastore.cfg` with what the server knows of its availability. Immutable.
 *
 * @typedef {object} Datastore
 * @property {string} name
 * @property {string} etag changes with the settings and the mode
 * @property {number} generation that of its last change, or a later one
 * @property {Mode} mode what is out of service; a mode that this version does not know is `OFFLINE`
 * @property {string} message the operator's words; empty when there are none
 * @property {Date} [since] when the server first saw the mode
 * @property {Date} [expectedEnd] when the operator expects to be done
 * @property {string} setBy who set the mode; empty when it came from an edit of the file
 * @property {'UNSPECIFIED' | 'NOT_REMOVABLE' | 'MOUNTED' | 'NOT_MOUNTED'} mountState
 * @property {string} basePath the base directory on the server's host: the section's path, below the mount point for a
 *     removable datastore; empty in the BASIC view
 * @property {import('../gen/datastored/v1/datastore_pb.js').DatastoreSettings} [settings] what its section says, as the
 *     contract spells it; its 64-bit numbers are bigint. Absent in the BASIC view
 */

/**
 * @param {import('../gen/datastored/v1/datastore_pb.js').Revision} revision
 * @returns {Revision}
 */
export function revisionOf({ incarnation, generation }) {
  return Object.freeze({ incarnation, generation: Number(generation) });
}

/**
 * A revision as it travels.
 *
 * @param {Revision | undefined} revision
 */
export function sentRevision(revision) {
  return revision && { incarnation: revision.incarnation, generation: BigInt(revision.generation) };
}

/**
 * @param {import('../gen/datastored/v1/datastore_pb.js').Datastore} told
 * @returns {Datastore}
 */
export function datastoreOf(told) {
  const maintenance = told.maintenance;
  return Object.freeze({
    name: told.name,
    etag: told.etag,
    generation: Number(told.generation),
    mode: modeOf(maintenance?.mode),
    message: maintenance?.message ?? '',
    since: maintenance?.since && timestampDate(maintenance.since),
    expectedEnd: maintenance?.expectedEnd && timestampDate(maintenance.expectedEnd),
    setBy: maintenance?.setBy ?? '',
    mountState: /** @type {Datastore['mountState']} */ (MountState[told.mountState] ?? 'UNSPECIFIED'),
    basePath: told.basePath,
    settings: told.settings,
  });
}

/**
 * Whatever is not known refuses as much as any mode does: fail closed.
 *
 * @param {MaintenanceMode | undefined} mode
 * @returns {Mode}
 */
function modeOf(mode) {
  return mode ? /** @type {Mode} */ (MaintenanceMode[mode] ?? 'OFFLINE') : 'OFFLINE';
}

/**
 * @param {LeasedOperation} operation
 * @returns {Operation}
 */
export function sentOperation(operation) {
  if (operation !== 'READ' && operation !== 'WRITE') {
    throw new TypeError(`a lease is for 'READ' or 'WRITE', not for ${String(operation)}`);
  }
  return Operation[operation];
}
