/**
 * Why a lease was lost.
 *
 * - `EXPIRED`: nobody has renewed it in time, by this client's clock
 * - `SESSION_ENDED`: the server has ended the session
 * - `FORCED`: an operator has ended it
 * - `NOT_CONTINUED`: the server was restarted and did not take it over
 * - `CLOSED`: the client was closed before it was released
 *
 * @typedef {'EXPIRED' | 'SESSION_ENDED' | 'FORCED' | 'NOT_CONTINUED' | 'CLOSED'} Loss
 */
export type Loss = 'EXPIRED' | 'SESSION_ENDED' | 'FORCED' | 'NOT_CONTINUED' | 'CLOSED';
/** A holding is one lease from its grant until nobody holds it, in the library's own books. */
export declare class Holding {
    #private;
    id: string;
    name: string;
    operation: import("./values.js").LeasedOperation;
    purpose: string;
    token: bigint;
    /** The server's own proof that it has granted it, sent back as it is; '' from a server too old to make one. */
    continuation: string;
    datastore: import("./values.js").Datastore;
    revision: import("./values.js").Revision;
    askedAt: number;
    /**
     * The era whose answers it lives by: that in which the server granted it, or has taken it over. A KeepAlive that is
     * answered by a server which does not count this lease must not prolong it.
     */
    era: import("./era.js").Era;
    /** @type {Promise<Loss>} */
    lost: Promise<Loss>;
    /**
     * @param {object} grant
     * @param {string} grant.id
     * @param {string} grant.name of the datastore
     * @param {import('./values.js').LeasedOperation} grant.operation
     * @param {string} grant.purpose
     * @param {bigint} grant.token
     * @param {string} grant.continuation
     * @param {import('./values.js').Datastore} grant.datastore
     * @param {import('./values.js').Revision} grant.revision
     * @param {number} grant.askedAt when the Lookup was sent, on the monotonic clock: no later than the server counts from
     * @param {import('./era.js').Era} grant.era in which the Lookup was sent
     */
    constructor({ id, name, operation, purpose, token, continuation, datastore, revision, askedAt, era }: {
        id: string;
        name: string;
        operation: import('./values.js').LeasedOperation;
        purpose: string;
        token: bigint;
        continuation: string;
        datastore: import('./values.js').Datastore;
        revision: import('./values.js').Revision;
        askedAt: number;
        era: import('./era.js').Era;
    });
    /** Whether the holder wants it and was not told otherwise. */
    get held(): boolean;
    get released(): boolean;
    /** Whether it may be relied on now. */
    get alive(): boolean;
    /**
     * Aborted when it is lost, with an error that says why.
     *
     * @returns {AbortSignal}
     */
    get signal(): AbortSignal;
    release(): void;
    /**
     * Tells the holder, once.
     *
     * @param {Loss} cause
     */
    lose(cause: Loss): void;
}
