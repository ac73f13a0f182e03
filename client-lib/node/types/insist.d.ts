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
export declare function insist<T>(attempt: (limit: number) => Promise<T>, { what, clock, backoff, timeout, attemptTimeout, signal, passing }: {
    what: string;
    clock: import('./clock.js').Clock;
    backoff: import('./backoff.js').Backoff;
    timeout: number;
    attemptTimeout: number;
    signal: AbortSignal;
    passing?: (failure: unknown) => boolean;
}): Promise<T>;
/**
 * A signal that is given when any of several is. Call `end` when it is not needed any more.
 *
 * @param {(AbortSignal | undefined)[]} signals
 * @returns {{ signal: AbortSignal, end: () => void }}
 */
export declare function joined(...signals: (AbortSignal | undefined)[]): {
    signal: AbortSignal;
    end: () => void;
};
