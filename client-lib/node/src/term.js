/**
 * A moment is when a request was sent, on the monotonic clock, and how far the wall clock was ahead of that one.
 *
 * @typedef {{ at: number, drift: number }} Moment
 */

/**
 * How far the wall clock may run ahead of the monotonic one between two answers. The monotonic clock stands still while
 * the machine sleeps, the wall clock does not; the server keeps every promise 500 ms and 1 % longer than it tells, but
 * not an hour. A wall clock that is set back proves nothing, and one that is set forward costs a session.
 */
const MOST_DRIFT = 1000;

/**
 * The moment to take before a request is sent.
 *
 * @param {import('./clock.js').Clock} clock
 * @returns {Moment}
 */
export function moment(clock) {
  const at = clock.now();
  return { at, drift: clock.wall() - at };
}

/**
 * A term is the time for which the server's last answer lets its holder go on. Once over it stays over: a holder that has
 * been told to stop is not told anything else by a late answer.
 */
export class Term {
  #clock;
  #ttl = 0;
  #end = 0;
  #drift = 0;
  #over = false;

  /**
   * @param {import('./clock.js').Clock} clock
   * @param {Moment} sending of the request that was answered with the ttl. The server counts from its arrival, which is
   *     later, so the holder always stops first.
   * @param {number} ttl in milliseconds
   */
  constructor(clock, sending, ttl) {
    this.#clock = clock;
    this.#begin(sending, ttl);
  }

  /** The time that the last answer gave, in milliseconds. */
  get ttl() {
    return this.#ttl;
  }

  /** Whether its time has passed. */
  get over() {
    if (!this.#over) {
      const now = this.#clock.now();
      this.#over = now >= this.#end || this.#clock.wall() - now - this.#drift > MOST_DRIFT;
    }
    return this.#over;
  }

  /** Milliseconds to its end; 0 when it is over. */
  get left() {
    return this.over ? 0 : this.#end - this.#clock.now();
  }

  /**
   * Begins it anew with an answer.
   *
   * @param {Moment} sending
   * @param {number} ttl
   * @returns {boolean} false when it was over before the answer came
   */
  renew(sending, ttl) {
    // Looked at before the clocks are compared anew: the machine may have slept while the answer was on its way.
    if (this.over) {
      return false;
    }
    this.#begin(sending, ttl);
    return true;
  }

  /**
   * @param {Moment} sending
   * @param {number} ttl
   */
  #begin(sending, ttl) {
    this.#ttl = ttl;
    this.#end = sending.at + ttl;
    this.#drift = sending.drift;
  }
}
