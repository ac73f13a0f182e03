/**
 * A backoff is the growing pause between attempts: each about twice the one before, up to a limit, and between half and
 * the whole of that by chance, so that clients which failed together do not come back together.
 */
export declare class Backoff {
    #private;
    /**
     * @param {{ first: number, most: number, random: () => number }} options milliseconds, and numbers from 0 to 1
     */
    constructor({ first, most, random }: {
        first: number;
        most: number;
        random: () => number;
    });
    /**
     * The pause before the next attempt.
     *
     * @param {number} [atLeast] what the server has asked for
     */
    next(atLeast?: number): number;
    /** After a success. */
    reset(): void;
}
