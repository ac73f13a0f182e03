/**
 * A moment is when a request was sent, on the monotonic clock, and how far the wall clock was ahead of that one.
 *
 * @typedef {{ at: number, drift: number }} Moment
 */
export type Moment = {
    at: number;
    drift: number;
};
/**
 * The moment to take before a request is sent.
 *
 * @param {import('./clock.js').Clock} clock
 * @returns {Moment}
 */
export declare function moment(clock: import('./clock.js').Clock): Moment;
/**
 * A term is the time for which the server's last answer lets its holder go on. Once over it stays over: a holder that has
 * been told to stop is not told anything else by a late answer.
 */
export declare class Term {
    #private;
    /**
     * @param {import('./clock.js').Clock} clock
     * @param {Moment} sending of the request that was answered with the ttl. The server counts from its arrival, which is
     *     later, so the holder always stops first.
     * @param {number} ttl in milliseconds
     */
    constructor(clock: import('./clock.js').Clock, sending: Moment, ttl: number);
    /** The time that the last answer gave, in milliseconds. */
    get ttl(): number;
    /** Whether its time has passed. */
    get over(): boolean;
    /** Milliseconds to its end; 0 when it is over. */
    get left(): number;
    /**
     * Begins it anew with an answer.
     *
     * @param {Moment} sending
     * @param {number} ttl
     * @returns {boolean} false when it was over before the answer came
     */
    renew(sending: Moment, ttl: number): boolean;
}
