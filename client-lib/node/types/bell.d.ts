/** A bell wakes whoever waits for it. */
export declare class Bell {
    #private;
    ring(): void;
    /**
     * Waits until it rings, a time is over or a stop is given.
     *
     * @param {import('./clock.js').Clock} clock
     * @param {number} ms
     * @param {import('./stop.js').Stopping} [stop]
     * @returns {Promise<void>}
     */
    wait(clock: import('./clock.js').Clock, ms: number, stop?: import('./stop.js').Stopping): Promise<void>;
}
/**
 * Waits for a time, or until a stop is given.
 *
 * @param {import('./clock.js').Clock} clock
 * @param {number} ms
 * @param {import('./stop.js').Stopping} [stop]
 */
export declare function pause(clock: import('./clock.js').Clock, ms: number, stop?: import('./stop.js').Stopping): Promise<void>;
