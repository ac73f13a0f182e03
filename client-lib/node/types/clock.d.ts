/**
 * A clock tells the time and wakes. Terms and pauses are counted on `now`, which no operator can set; `wall` may only
 * shorten a term.
 *
 * @typedef {object} Clock
 * @property {() => number} now milliseconds since some moment, never set back or forward
 * @property {() => number} wall milliseconds since 1970, as somebody has set it
 * @property {(ms: number, wake: () => void) => () => void} wake calls once, after that time; the answer calls it off
 */
export type Clock = {
    /**
     * milliseconds since some moment, never set back or forward
     */
    now: () => number;
    /**
     * milliseconds since 1970, as somebody has set it
     */
    wall: () => number;
    /**
     * calls once, after that time; the answer calls it off
     */
    wake: (ms: number, wake: () => void) => () => void;
};
/**
 * This host's clock.
 *
 * @type {Clock}
 */
export declare const systemClock: Clock;
