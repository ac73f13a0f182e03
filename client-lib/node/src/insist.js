import { pause } from './bell.js';
import { isPassing, NoAnswerError, RefusedError, retryAfter } from './refusal.js';

/**
 * Asks until there is an answer, with growing pauses, for as long as somebody waits. An attempt that is not answered in
 * its own time is given up before that, because an answer can be lost; the next one is given twice the time.
 *
 * @template T
 * @param {(limit: number) => Promise<T>} attempt to be answered within so many milliseconds
 * @param {object} way
 * @param {string} way.what for people
 * @param {import('./clock.js').Clock} way.clock
 * @param {import('./backoff.js').Backoff} way.backoff
 * @param {number} way.timeout of all attempts together
 * @param {number} way.attemptTimeout of the first one
 * @param {AbortSignal} way.signal
 * @param {(failure: unknown) => boolean} [way.passing] whether a failure is worth another attempt
 * @returns {Promise<T>} fails with what is not worth another attempt; with the last refusal, or a NoAnswerError, when time
 *     is over; with the signal's reason
 */
export async function insist(attempt, { what, clock, backoff, timeout, attemptTimeout, signal, passing = isPassing }) {
  const end = clock.now() + timeout;
  let limit = attemptTimeout;
  /** @type {unknown} */
  let last;
  for (;;) {
    signal.throwIfAborted();
    const left = end - clock.now();
    if (left <= 0) {
      throw last instanceof RefusedError ? last : new NoAnswerError(`${what}: no answer within ${timeout} ms`, last);
    }
    try {
      return await attempt(Math.min(limit, left));
    } catch (failure) {
      signal.throwIfAborted();
      if (!passing(failure)) {
        throw failure;
      }
      last = failure;
      if (failure instanceof NoAnswerError) {
        limit *= 2;
      }
    }
    await pause(clock, Math.min(backoff.next(retryAfter(last)), end - clock.now()), signal);
  }
}

/**
 * A signal that is given when any of several is. Call `end` when it is not needed any more.
 *
 * @param {(AbortSignal | undefined)[]} signals
 * @returns {{ signal: AbortSignal, end: () => void }}
 */
export function joined(...signals) {
  const controller = new AbortController();
  /** @type {(() => void)[]} */
  const ends = [];
  for (const signal of signals) {
    if (signal) {
      const abort = () => controller.abort(signal.reason);
      if (signal.aborted) {
        abort();
      }
      signal.addEventListener('abort', abort);
      ends.push(() => signal.removeEventListener('abort', abort));
    }
  }
  return {
    signal: controller.signal,
    end: () => {
      for (const end of ends) {
        end();
      }
    },
  };
}
