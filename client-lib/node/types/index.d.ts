/**
 * A client of datastored: may this program read or write a datastore now, and with which configuration?
 *
 * `Client.connect` opens a session, `client.lookup` asks, `client.hold` takes a lease, `client.watch` follows the changes.
 *
 * @module
 */
export { Client } from './client.js';
export { Lease } from './lease.js';
export { NoAnswerError, RefusedError } from './refusal.js';
export { Watch } from './watch.js';
export type ClientOptions = import('./client.js').ClientOptions;
export type CallOptions = import('./client.js').CallOptions;
export type Answer = import('./client.js').Answer;
export type WatchOptions = import('./watch.js').WatchOptions;
export type Frame = import('./frames.js').Frame;
export type SnapshotFrame = import('./frames.js').SnapshotFrame;
export type ChangeFrame = import('./frames.js').ChangeFrame;
export type BookmarkFrame = import('./frames.js').BookmarkFrame;
export type Datastore = import('./values.js').Datastore;
export type Revision = import('./values.js').Revision;
export type Mode = import('./values.js').Mode;
export type LeasedOperation = import('./values.js').LeasedOperation;
export type Loss = import('./holding.js').Loss;
export type Tls = import('./address.js').Tls;
export type CallCredentials = import('./address.js').CallCredentials;
export type Clock = import('./clock.js').Clock;
/** @typedef {import('./client.js').ClientOptions} ClientOptions */
/** @typedef {import('./client.js').CallOptions} CallOptions */
/** @typedef {import('./client.js').Answer} Answer */
/** @typedef {import('./watch.js').WatchOptions} WatchOptions */
/** @typedef {import('./frames.js').Frame} Frame */
/** @typedef {import('./frames.js').SnapshotFrame} SnapshotFrame */
/** @typedef {import('./frames.js').ChangeFrame} ChangeFrame */
/** @typedef {import('./frames.js').BookmarkFrame} BookmarkFrame */
/** @typedef {import('./values.js').Datastore} Datastore */
/** @typedef {import('./values.js').Revision} Revision */
/** @typedef {import('./values.js').Mode} Mode */
/** @typedef {import('./values.js').LeasedOperation} LeasedOperation */
/** @typedef {import('./holding.js').Loss} Loss */
/** @typedef {import('./address.js').Tls} Tls */
/** @typedef {import('./address.js').CallCredentials} CallCredentials */
/** @typedef {import('./clock.js').Clock} Clock */
