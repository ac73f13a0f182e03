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
   * Waits until it rings, a time is over or a signal is given.
   *
   * @param {import('./clock.js').Clock} clock
   * @param {number} ms
   * @param {AbortSignal} [signal]
   * @returns {Promise<void>}
   */
  wait(clock, ms, signal) {
    return new Promise((resolve) => {
      if (signal?.aborted || ms <= 0) {
        resolve();
        return;
      }
      const wake = () => {
        callOff();
        signal?.removeEventListener('abort', wake);
        this.#waiting.delete(wake);
        resolve();
      };
      const callOff = clock.wake(ms, wake);
      signal?.addEventListener('abort', wake);
      this.#waiting.add(wake);
    });
  }
}

/**
 * Waits for a time, or until a signal is given.
 *
 * @param {import('./clock.js').Clock} clock
 * @param {number} ms
 * @param {AbortSignal} [signal]
 */
export function pause(clock, ms, signal) {
  return new Bell().wait(clock, ms, signal);
}
