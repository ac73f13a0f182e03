import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { DatastoreView } from '../gen/datastored/v1/datastore_pb.js';
import { DatastoreService } from '../gen/datastored/v1/datastore_service_pb.js';
import { pause } from './bell.js';
import { Assembly, StrangeFrame } from './frames.js';
import { isPassing, isRefusal, meaning, retryAfter } from './refusal.js';
import { isGone } from './servers.js';
import { either, Stop } from './stop.js';
import { sentRevision } from './values.js';

/** What to follow. @typedef {object} WatchOptions
 * @property {string[]} [datastores] names, or prefixes that end in `*`; default: all
 * @property {'FULL' | 'BASIC'} [view] `BASIC` leaves the settings out; default `FULL`
 * @property {import('./values.js').Revision} [known] what has been applied already, on a watch of the same datastores and
 *     view: begins with what changed since
 * @property {number} [bookmarkIntervalMs] milliseconds between bookmarks on a quiet stream, 1000 to 60000; default 10000
 * @property {boolean} [bookmarks] hand on every bookmark, not only those with mount states; default false
 */

/** A client that hears nothing for three bookmark intervals considers the stream dead. */
const SILENT_INTERVALS = 3;

/**
 * A watch follows the changes of datastores over broken connections and restarts of the server, without end. Its frames
 * only ever go forward, and none is handed out in part. A frame counts as applied when the next one is asked for.
 *
 * @implements {AsyncIterableIterator<import('./frames.js').Frame>}
 */
export class Watch {
  #clock;
  #session;
  #backoff;
  #options;
  #interval;
  /** The newest revision that was applied. @type {import('./values.js').Revision | undefined} */
  #applied;
  /** What to resume from; undefined asks for a snapshot. @type {import('./values.js').Revision | undefined} */
  #known;
  #closing = new Stop();
  #frames;
  #onEnd;

  /**
   * @param {object} wiring
   * @param {import('./clock.js').Clock} wiring.clock
   * @param {import('./session.js').Session} wiring.session
   * @param {import('./backoff.js').Backoff} wiring.backoff
   * @param {(watch: Watch) => void} wiring.onEnd
   * @param {WatchOptions} options
   */
  constructor({ clock, session, backoff, onEnd }, options) {
    this.#clock = clock;
    this.#session = session;
    this.#backoff = backoff;
    this.#onEnd = onEnd;
    this.#options = options;
    this.#interval = options.bookmarkIntervalMs ?? 10_000;
    this.#applied = options.known;
    this.#known = options.known;
    this.#frames = this.#follow();
  }

  /** The revision of the last frame that was applied; undefined before the first. */
  get applied() {
    return this.#applied;
  }

  next() {
    return this.#frames.next();
  }

  /** Ends it; a `next` that waits is answered with the end. */
  return() {
    this.close();
    return this.#frames.return(undefined);
  }

  close() {
    this.#closing.give(new Error('the watch is closed'));
    this.#onEnd(this);
  }

  [Symbol.asyncIterator]() {
    return this;
  }

  /** @returns {AsyncGenerator<import('./frames.js').Frame, undefined, undefined>} */
  async *#follow() {
    const stop = this.#closing;
    while (!stop.given) {
      const opened = this.#clock.now();
      /** @type {unknown} */
      let failure;
      try {
        yield* this.#stream(stop);
      } catch (thrown) {
        failure = thrown;
      }
      if (stop.given) {
        return;
      }
      this.#judge(failure);
      // A stream that has lived is opened again soon. One that opens and fails at once, frames or not, is not: the
      // channel's own backoff knows only connections.
      if (this.#clock.now() - opened > this.#interval) {
        this.#backoff.reset();
      }
      await pause(this.#clock, this.#backoff.next(retryAfter(failure)), stop);
    }
  }

  /**
   * What to do about the end of a stream.
   *
   * @param {unknown} failure
   */
  #judge(failure) {
    if (failure === undefined) {
      return; // The server has ended it; nothing says that it would not open another one.
    }
    if (failure instanceof StrangeFrame) {
      this.#known = undefined;
      return;
    }
    if (!isPassing(failure) && !isRefusal(failure, 'SESSION_NOT_FOUND') && !isRefusal(failure, 'QUOTA_EXCEEDED')) {
      this.close();
      throw failure;
    }
  }

  /**
   * One stream.
   *
   * @param {Stop} stop
   * @returns {AsyncGenerator<import('./frames.js').Frame, void, undefined>}
   */
  async *#stream(stop) {
    const era = await this.#session.ready(Number.POSITIVE_INFINITY, stop);
    const { datastores = [], view = 'FULL', bookmarkIntervalMs } = this.#options;
    const call = era.server.calls.stream(DatastoreService.method.watchGeneration, {
      known: sentRevision(this.#known),
      datastores,
      sessionId: era.given,
      view: DatastoreView[view],
      bookmarkInterval: bookmarkIntervalMs === undefined ? undefined : durationFromMs(bookmarkIntervalMs),
    });
    const cancel = () => call.cancel();
    const unlisten = either(stop, era.server.left).listen(cancel);
    let heard = false;
    const messages = call[Symbol.asyncIterator]();
    const assembly = new Assembly();
    try {
      for (;;) {
        // Silence is counted only while somebody listens.
        const callOff = this.#clock.wake(SILENT_INTERVALS * this.#interval, cancel);
        const { value: message, done } = await messages.next().finally(callOff);
        if (done) {
          return;
        }
        heard = true;
        const frame = assembly.add(message);
        if (!frame) {
          continue;
        }
        if (this.#isNews(frame)) {
          if (frame.kind === 'bookmark') {
            this.#interval = frame.intervalMs || this.#interval;
          }
          if (frame.kind !== 'bookmark' || this.#options.bookmarks || frame.removable.length > 0) {
            yield frame;
          }
          this.#applied = frame.revision;
          this.#known = frame.revision;
        }
      }
    } catch (failure) {
      const told = /** @type {any} */ (failure)?.metadata ? meaning(/** @type {any} */ (failure)) : failure;
      if (isRefusal(told, 'SESSION_NOT_FOUND')) {
        era.doubt();
      } else if (heard && (isGone(told) || isRefusal(told, 'NOT_READY'))) {
        // A server that stops says so to its watchers first: the session goes on at another one before it has stopped.
        this.#session.unreachable(era.server);
      }
      throw this.#session.met(era.server, told);
    } finally {
      unlisten();
      cancel();
    }
  }

  /**
   * Whether a frame is to be applied. What is older than what was applied came late or twice.
   *
   * @param {import('./frames.js').Frame} frame
   */
  #isNews({ kind, revision, ...frame }) {
    const applied = this.#applied;
    if (kind === 'snapshot') {
      const goesBack = applied?.incarnation === revision.incarnation && revision.generation < applied.generation;
      if (goesBack && /** @type {any} */ (frame).reason !== 'AHEAD') {
        throw new StrangeFrame('a snapshot that is older than what was applied');
      }
      return true;
    }
    if (!this.#known || this.#known.incarnation !== revision.incarnation) {
      throw new StrangeFrame(`a ${kind} without the snapshot before it`);
    }
    // Without generations only the rights of this client changed, which changes no revision.
    const mayRepeat = kind === 'bookmark' || /** @type {any} */ (frame).generations === 0;
    return mayRepeat ? revision.generation >= this.#known.generation : revision.generation > this.#known.generation;
  }
}
