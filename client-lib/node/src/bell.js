/** A bell wakes whoever waits for it. */
export class Bell {
  /** @type {Set<() => void>} */
  #waiting = new Set();

  ring() {
    for (const wake of this.#waiting) {
      wake();
    }
  }

  /**
   * Waits until it rings, a time is over or a stop is given.
   *
   * @param {import('./clock.js').Clock} clock
   * @param {number} ms
   * @param {import('./stop.js').Stopping} [stop]
   * @returns {Promise<void>}
   */
  wait(clock, ms, stop) {
    return new Promise((resolve) => {
      if (stop?.given || ms <= 0) {
        resolve();
        return;
      }
      const wake = () => {
        callOff();
        unlisten?.();
        this.#waiting.delete(wake);
        resolve();
      };
      const callOff = clock.wake(ms, wake);
      const unlisten = stop?.listen(wake);
      this.#waiting.add(wake);
    });
  }
}

/**
 * Waits for a time, or until a stop is given.
 *
 * @param {import('./clock.js').Clock} clock
 * @param {number} ms
 * @param {import('./stop.js').Stopping} [stop]
 */
export function pause(clock, ms, stop) {
  return new Bell().wait(clock, ms, stop);
}
