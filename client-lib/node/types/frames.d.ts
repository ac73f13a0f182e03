export type SnapshotFrame = {
    kind: 'snapshot';
    reason: 'REQUESTED' | 'TOO_OLD' | 'WRONG_INCARNATION' | 'AHEAD' | 'RIGHTS_CHANGED' | 'UNSPECIFIED';
    /**
     * by name
     */
    datastores: import('./values.js').Datastore[];
    revision: import('./values.js').Revision;
};
export type ChangeFrame = {
    kind: 'change';
    /**
     * created or changed, by name
     */
    changed: import('./values.js').Datastore[];
    /**
     * names
     */
    removed: string[];
    /**
     * how many this frame stands for; 1 for a watcher that keeps up, 0 when only the
     * rights of this client changed
     */
    generations: number;
    revision: import('./values.js').Revision;
};
export type BookmarkFrame = {
    kind: 'bookmark';
    /**
     * on the first frame of a stream: the removable datastores with
     * their mount state, which may have changed while nobody looked; without settings
     */
    removable: import('./values.js').Datastore[];
    /**
     * milliseconds between two of them
     */
    intervalMs: number;
    revision: import('./values.js').Revision;
};
export type Frame = SnapshotFrame | ChangeFrame | BookmarkFrame;
export type Message = import('../gen/datastored/v1/datastore_service_pb.js').WatchGenerationResponse;
/**
 * A snapshot replaces everything that the watcher has.
 *
 * @typedef {object} SnapshotFrame
 * @property {'snapshot'} kind
 * @property {'REQUESTED' | 'TOO_OLD' | 'WRONG_INCARNATION' | 'AHEAD' | 'RIGHTS_CHANGED' | 'UNSPECIFIED'} reason
 * @property {import('./values.js').Datastore[]} datastores by name
 * @property {import('./values.js').Revision} revision
 */
/**
 * A change is the newest state of each datastore that changed since the frame before.
 *
 * @typedef {object} ChangeFrame
 * @property {'change'} kind
 * @property {import('./values.js').Datastore[]} changed created or changed, by name
 * @property {string[]} removed names
 * @property {number} generations how many this frame stands for; 1 for a watcher that keeps up, 0 when only the
 *     rights of this client changed
 * @property {import('./values.js').Revision} revision
 */
/**
 * A bookmark says that nothing happened up to its revision.
 *
 * @typedef {object} BookmarkFrame
 * @property {'bookmark'} kind
 * @property {import('./values.js').Datastore[]} removable on the first frame of a stream: the removable datastores with
 *     their mount state, which may have changed while nobody looked; without settings
 * @property {number} intervalMs milliseconds between two of them
 * @property {import('./values.js').Revision} revision
 */
/** @typedef {SnapshotFrame | ChangeFrame | BookmarkFrame} Frame */
/** @typedef {import('../gen/datastored/v1/datastore_service_pb.js').WatchGenerationResponse} Message */
/** What was received cannot be applied: a kind of frame from a later version, or one that does not fit. */
export declare class StrangeFrame extends Error {
    /** @param {string} text */
    constructor(text: string);
}
/**
 * An assembly puts the parts of one stream's frames together: a message without a revision is a part, and the one that has
 * a revision makes the frame whole.
 */
export declare class Assembly {
    #private;
    /**
     * @param {Message} message
     * @returns {Frame | undefined} the frame, when this message makes it whole
     * @throws {StrangeFrame} if it cannot be understood
     */
    add({ frame, revision }: Message): Frame | undefined;
}
