import { Operation } from '../gen/datastored/v1/datastore_pb.js';
export type Revision = {
    incarnation: string;
    generation: number;
};
export type LeasedOperation = 'READ' | 'WRITE';
export type Mode = 'NONE' | 'READ_ONLY' | 'OFFLINE' | 'DELETE' | 'UNMOUNT' | 'S3_REFRESH';
export type Datastore = {
    name: string;
    /**
     * changes with the settings and the mode
     */
    etag: string;
    /**
     * that of its last change, or a later one
     */
    generation: number;
    /**
     * what is out of service; a mode that this version does not know is `OFFLINE`
     */
    mode: Mode;
    /**
     * the operator's words; empty when there are none
     */
    message: string;
    /**
     * when the server first saw the mode
     */
    since?: Date;
    /**
     * when the operator expects to be done
     */
    expectedEnd?: Date;
    /**
     * who set the mode; empty when it came from an edit of the file
     */
    setBy: string;
    mountState: 'UNSPECIFIED' | 'NOT_REMOVABLE' | 'MOUNTED' | 'NOT_MOUNTED';
    /**
     * the base directory on the server's host: the section's path, below the mount point for a
     * removable datastore; empty in the BASIC view
     */
    basePath: string;
    /**
     * what its section says, as the
     * contract spells it; its 64-bit numbers are bigint. Absent in the BASIC view
     */
    settings?: import('../gen/datastored/v1/datastore_pb.js').DatastoreSettings;
};
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
export declare function revisionOf({ incarnation, generation }: import('../gen/datastored/v1/datastore_pb.js').Revision): Revision;
/**
 * A revision as it travels.
 *
 * @param {Revision | undefined} revision
 */
export declare function sentRevision(revision: Revision | undefined): {
    incarnation: string;
    generation: bigint;
} | undefined;
/**
 * @param {import('../gen/datastored/v1/datastore_pb.js').Datastore} told
 * @returns {Datastore}
 */
export declare function datastoreOf(told: import('../gen/datastored/v1/datastore_pb.js').Datastore): Datastore;
/**
 * @param {LeasedOperation} operation
 * @returns {Operation}
 */
export declare function sentOperation(operation: LeasedOperation): Operation;
