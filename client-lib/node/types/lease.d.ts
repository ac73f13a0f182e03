import { inspect } from 'node:util';
/** The symbol is younger than the oldest Node that this library runs on. @type {typeof Symbol.asyncDispose} */
export declare const asyncDispose: typeof Symbol.asyncDispose;
/**
 * A lease is the permission to read or write one datastore, counted by the server until it is released or lost.
 *
 * It lives with the client's session, which is kept alive in the background. Stop working when it is lost: `lost` and
 * `signal` tell at once, `alive` tells by the clock, also when the event loop was held up. What a program does between its
 * last look at `alive` and its write, only storage can fence that compares `fencingToken`.
 */
export declare class Lease {
    #private;
    /**
     * @param {import('./holding.js').Holding} holding
     * @param {() => Promise<void>} release
     */
    constructor(holding: import('./holding.js').Holding, release: () => Promise<void>);
    get id(): string;
    get operation(): import("./values.js").LeasedOperation;
    /** Rises with every lease that the server grants, over its restarts too; below 2^53. */
    get fencingToken(): number;
    /** The datastore as it was when the lease was granted. */
    get datastore(): import("./values.js").Datastore;
    /** The revision that the answer was taken from. */
    get revision(): import("./values.js").Revision;
    /** Whether it may be relied on now. */
    get alive(): boolean;
    /** Resolves with the cause when the lease is lost; never when it is released before. */
    get lost(): Promise<import("./holding.js").Loss>;
    /**
     * Aborted when the lease is lost: hand it to what must stop then.
     *
     * @returns {AbortSignal}
     */
    get signal(): AbortSignal;
    /**
     * Gives the lease back, once, however often it is called. Resolves when the server has answered, or cannot count the
     * lease any more; it is repeated in the background until then. To be called for a lost lease too: an operator's forced
     * drain waits for it.
     */
    release(): Promise<void>;
    /** For `await using`. */
    [asyncDispose](): Promise<void>;
    toString(): string;
    [inspect.custom](): string;
}
