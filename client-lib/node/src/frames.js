import { durationMs } from '@bufbuild/protobuf/wkt';
import { SnapshotReason } from '../gen/datastored/v1/datastore_service_pb.js';
import { datastoreOf, revisionOf } from './values.js';

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
export class StrangeFrame extends Error {
  /** @param {string} text */
  constructor(text) {
    super(text);
    this.name = 'StrangeFrame';
  }
}

/**
 * An assembly puts the parts of one stream's frames together: a message without a revision is a part, and the one that has
 * a revision makes the frame whole.
 */
export class Assembly {
  /** @type {Message['frame'][]} */
  #parts = [];

  /**
   * @param {Message} message
   * @returns {Frame | undefined} the frame, when this message makes it whole
   * @throws {StrangeFrame} if it cannot be understood
   */
  add({ frame, revision }) {
    if (!frame.case) {
      throw new StrangeFrame('a kind of frame from a later version');
    }
    if (this.#parts.length > 0 && this.#parts[0].case !== frame.case) {
      throw new StrangeFrame(`a part of a ${frame.case} after one of a ${this.#parts[0].case}`);
    }
    this.#parts.push(frame);
    if (!revision) {
      return undefined;
    }
    const parts = this.#parts;
    this.#parts = [];
    return whole(parts, revisionOf(revision));
  }
}

/**
 * @param {Message['frame'][]} parts of one kind
 * @param {import('./values.js').Revision} revision
 * @returns {Frame}
 */
function whole(parts, revision) {
  // Numbers and words ride on the last part.
  const last = parts[parts.length - 1];
  switch (last.case) {
    case 'snapshot':
      return {
        kind: 'snapshot',
        reason: /** @type {SnapshotFrame['reason']} */ (SnapshotReason[last.value.reason] ?? 'UNSPECIFIED'),
        datastores: parts.flatMap((part) => /** @type {typeof last} */ (part).value.datastores.map(datastoreOf)),
        revision,
      };
    case 'change':
      return {
        kind: 'change',
        changed: parts.flatMap((part) => /** @type {typeof last} */ (part).value.changed.map(datastoreOf)),
        removed: parts.flatMap((part) => /** @type {typeof last} */ (part).value.removed),
        generations: Number(last.value.generations),
        revision,
      };
    case 'bookmark':
      return {
        kind: 'bookmark',
        removable: parts.flatMap((part) => /** @type {typeof last} */ (part).value.removable.map(datastoreOf)),
        intervalMs: last.value.interval ? durationMs(last.value.interval) : 0,
        revision,
      };
    default:
      throw new StrangeFrame('a kind of frame from a later version');
  }
}
