/**
 * What is to end listens to one of these. A `Stop` is one; so is what `either` makes of two.
 *
 * @typedef {object} Stopping
 * @property {boolean} given
 * @property {unknown} reason
 * @property {(listener: () => void) => () => void} listen calls once when it is given; the answer calls that off
 * @property {() => void} throwIfGiven
 */

/**
 * A stop is the word, given once, that something is to end. A listener costs the same however many there are; an AbortSignal
 * looks through all of its listeners for each one that comes or goes, and warns of the eleventh.
 *
 * @implements {Stopping}
 */
export class Stop {
  /** @type {WeakMap<AbortSignal, Stop>} */
  static #ofSignals = new WeakMap();

  /** @type {Set<() => void>} */
  #listeners = new Set();
  #given = false;
  /** @type {unknown} */
  #reason;

  /**
   * The stop that an AbortSignal of the caller gives, the same for all his calls.
   *
   * @param {AbortSignal} signal
   */
  static of(signal) {
    let stop = Stop.#ofSignals.get(signal);
    if (!stop) {
      const made = new Stop();
      stop = made;
      Stop.#ofSignals.set(signal, made);
      if (signal.aborted) {
        made.give(signal.reason);
      } else {
        signal.addEventListener('abort', () => made.give(signal.reason), { once: true });
      }
    }
    return stop;
  }

  get given() {
    return this.#given;
  }

  get reason() {
    return this.#reason;
  }

  /** @param {unknown} reason */
  give(reason) {
    if (!this.#given) {
      this.#given = true;
      this.#reason = reason;
      for (const listener of this.#listeners) {
        listener();
      }
      this.#listeners.clear();
    }
  }

  /** @param {() => void} listener */
  listen(listener) {
    // Each has its own place, whether or not the same function listens twice.
    const own = () => listener();
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }

  throwIfGiven() {
    if (this.#given) {
      throw this.#reason;
    }
  }
}

/**
 * Given when either of two is.
 *
 * @param {Stopping} one
 * @param {Stopping | undefined} other
 * @returns {Stopping}
 */
export function either(one, other) {
  if (!other) {
    return one;
  }
  return {
    get given() {
      return one.given || other.given;
    },
    get reason() {
      return one.given ? one.reason : other.reason;
    },
    listen(listener) {
      const callOffs = [one.listen(listener), other.listen(listener)];
      return () => {
        for (const callOff of callOffs) {
          callOff();
        }
      };
    },
    throwIfGiven() {
      one.throwIfGiven();
      other.throwIfGiven();
    },
  };
}
