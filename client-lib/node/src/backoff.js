/**
 * A backoff is the growing pause between attempts: each about twice the one before, up to a limit, and between half and
 * the whole of that by chance, so that clients which failed together do not come back together.
 */
export class Backoff {
  #first;
  #most;
  #random;
  #next;

  /**
   * @param {{ first: number, most: number, random: () => number }} options milliseconds, and numbers from 0 to 1
   */
  constructor({ first, most, random }) {
    this.#first = Math.min(first, most);
    this.#most = most;
    this.#random = random;
    this.#next = this.#first;
  }

  /**
   * The pause before the next attempt.
   *
   * @param {number} [atLeast] what the server has asked for
   */
  next(atLeast = 0) {
    const whole = this.#next;
    this.#next = Math.min(whole * 2, this.#most);
    return Math.max(atLeast, whole / 2 + (this.#random() * whole) / 2);
  }

  /** After a success. */
  reset() {
    this.#next = this.#first;
  }
}
