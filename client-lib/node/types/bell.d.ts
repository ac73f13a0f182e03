/** A bell wakes whoever waits for it. */
export declare class Bell {
    #private;
    ring(): void;
    /**
     * Waits until it rings, a time is over or a signal is given.
     *
     * @param {import('./clock.js').Clock} clock
     * @param {number} ms
     * @param {AbortSignal} [signal]
     * @returns {Promise<void>}
     */
    wait(clock: import('./clock.js').Clock, ms: number, signal?: AbortSignal): Promise<void>;
}
/**
 * Waits for a time, or until a signal is given.
 *
 * @param {import('./clock.js').Clock} clock
 * @param {number} ms
 * @param {AbortSignal} [signal]
 */
export declare function pause(clock: import('./clock.js').Clock, ms: number, signal?: AbortSignal): Promise<void>;
