/**
 * A clock tells the time and wakes. Terms and pauses are counted on `now`, which no operator can set; `wall` may only
 * shorten a term.
 *
 * @typedef {object} Clock
 * @property {() => number} now milliseconds since some moment, never set back or forward
 * @property {() => number} wall milliseconds since 1970, as somebody has set it
 * @property {(ms: number, wake: () => void) => () => void} wake calls once, after that time; the answer calls it off
 */

/** The longest time a timer of Node can be set to. */
const LONGEST = 2 ** 31 - 1;

/**
 * This host's clock.
 *
 * @type {Clock}
 */
export const systemClock = Object.freeze({
  now: () => performance.now(),
  wall: () => Date.now(),
  wake: (ms, wake) => {
    const timer = setTimeout(wake, Math.min(ms, LONGEST));
    return () => clearTimeout(timer);
  },
});
