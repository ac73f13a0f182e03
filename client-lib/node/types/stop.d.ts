/**
 * What is to end listens to one of these. A `Stop` is one; so is what `either` makes of two.
 *
 * @typedef {object} Stopping
 * @property {boolean} given
 * @property {unknown} reason
 * @property {(listener: () => void) => () => void} listen calls once when it is given; the answer calls that off
 * @property {() => void} throwIfGiven
 */
export type Stopping = {
    given: boolean;
    reason: unknown;
    /**
     * calls once when it is given; the answer calls that off
     */
    listen: (listener: () => void) => () => void;
    throwIfGiven: () => void;
};
/**
 * A stop is the word, given once, that something is to end. A listener costs the same however many there are; an AbortSignal
 * looks through all of its listeners for each one that comes or goes, and warns of the eleventh.
 *
 * @implements {Stopping}
 */
export declare class Stop implements Stopping {
    #private;
    /**
     * The stop that an AbortSignal of the caller gives, the same for all his calls.
     *
     * @param {AbortSignal} signal
     */
    static of(signal: AbortSignal): Stop;
    get given(): boolean;
    get reason(): unknown;
    /** @param {unknown} reason */
    give(reason: unknown): void;
    /** @param {() => void} listener */
    listen(listener: () => void): () => void;
    throwIfGiven(): void;
}
/**
 * Given when either of two is.
 *
 * @param {Stopping} one
 * @param {Stopping | undefined} other
 * @returns {Stopping}
 */
export declare function either(one: Stopping, other: Stopping | undefined): Stopping;
