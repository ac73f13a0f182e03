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
export declare function insist<T>(attempt: (left: number) => Promise<T>, { what, clock, backoff, timeout, stop, passing }: {
    what: string;
    clock: import('./clock.js').Clock;
    backoff: import('./backoff.js').Backoff;
    timeout: number;
    stop: import('./stop.js').Stopping;
    passing?: (failure: unknown) => boolean;
}): Promise<T>;
