import { pause } from './bell.js';
import { isDistrust, isPassing, isUnanswered, NoAnswerError, RefusedError, retryAfter } from './refusal.js';

/**
 * Asks until there is an answer, with growing pauses, for as long as somebody waits. Nothing is asked again while an answer may
 * still come: it is not lost before the connection is, and a server that is only slow would have twice as much to do.
 *
 * @template T
 * @param {(left: number) => Promise<T>} attempt to be answered within so many milliseconds
 * @param {object} way
 * @param {string} way.what for people
 * @param {import('./clock.js').Clock} way.clock
 * @param {import('./backoff.js').Backoff} way.backoff
 * @param {number} way.timeout of all attempts together
 * @param {import('./stop.js').Stopping} way.stop
 * @param {(failure: unknown) => boolean} [way.passing] whether a failure is worth another attempt
 * @returns {Promise<T>} fails with what is not worth another attempt; with the last refusal, or a NoAnswerError, when time
 *     is over; with the reason of the stop
 */
export async function insist(attempt, { what, clock, backoff, timeout, stop, passing = isPassing }) {
  const end = clock.now() + timeout;
  /** @type {unknown} */
  let last;
  let least = 0;
  for (;;) {
    stop.throwIfGiven();
    const left = end - clock.now();
    if (left <= 0) {
      throw last instanceof RefusedError
        ? last
        : new NoAnswerError(`${what}: no answer within ${Math.round(timeout)} ms`, last);
    }
    try {
      return await attempt(left);
    } catch (failure) {
      stop.throwIfGiven();
      if (isDistrust(failure) || !passing(failure)) {
        throw isUnanswered(failure) ? new NoAnswerError(`${what}: no connection`, failure) : failure;
      }
      least = retryAfter(failure) ?? 0;
      // An attempt for which there was hardly any time left knows less than the one before.
      if (!last || !(failure instanceof NoAnswerError)) {
        last = failure;
      }
    }
    await pause(clock, Math.min(backoff.next(least), end - clock.now()), stop);
  }
}
