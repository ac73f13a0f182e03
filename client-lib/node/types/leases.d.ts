export type Books = {
    most: number;
    least: number;
};
/**
 * What is counted of one era at one moment: leases that the server may count, and those that it must.
 *
 * @typedef {{ most: number, least: number }} Books
 */
/** Leases are the books of one client: which ids the server may count for it, and what becomes of each. */
export declare class Leases {
    #private;
    /** Is told when the present server counts one more, or there is one less to count. */
    onSettled: () => void;
    /**
     * @param {object} wiring
     * @param {import('./servers.js').Servers} wiring.servers
     * @param {import('./clock.js').Clock} wiring.clock
     * @param {(most?: number) => import('./backoff.js').Backoff} wiring.pauses
     */
    constructor({ servers, clock, pauses }: {
        servers: import('./servers.js').Servers;
        clock: import('./clock.js').Clock;
        pauses: (most?: number) => import('./backoff.js').Backoff;
    });
    /** @param {string} id of a lease that is about to be asked for */
    ask(id: string): void;
    /**
     * Nobody wants it any more, and whether the server counts it is not known: a lost answer, or a call that was given up.
     *
     * @param {string} id
     * @param {string} sessionId
     */
    abandon(id: string, sessionId: string): void;
    /**
     * The server has refused it, or nothing was sent.
     *
     * @param {string} id
     */
    forget(id: string): void;
    /**
     * Takes up what was granted.
     *
     * @param {import('./holding.js').Holding} holding
     * @returns {boolean} false when its session is over already
     */
    take(holding: import('./holding.js').Holding): boolean;
    /**
     * Gives a lease back for its holder.
     *
     * @param {import('./holding.js').Holding} holding
     */
    release(holding: import('./holding.js').Holding): Promise<void>;
    /**
     * Tells the server that a lease is not wanted: until it answers, or its session is over, and at least once.
     *
     * @param {string} id
     * @param {string} sessionId
     * @returns {Promise<void>}
     */
    giveBack(id: string, sessionId: string): Promise<void>;
    /**
     * A session was opened. What is held under its id, from before a restart of the server, is continued there.
     *
     * @param {import('./era.js').Era} era
     */
    enter(era: import('./era.js').Era): void;
    /**
     * A session is over, and its leases with it.
     *
     * @param {string} sessionId
     * @param {import('./holding.js').Loss} cause
     */
    lose(sessionId: string, cause: import('./holding.js').Loss): void;
    /**
     * What is left of the term that is over first: of the session, or of a lease that its server has not taken over yet.
     *
     * @param {import('./era.js').Era} era
     */
    leastLeft(era: import('./era.js').Era): number;
    /**
     * Whether the server of an era counts each lease that is held.
     *
     * @param {import('./era.js').Era} era
     */
    areAllOf(era: import('./era.js').Era): boolean;
    /**
     * What is counted now.
     *
     * @param {import('./era.js').Era} era
     * @returns {Books}
     */
    count(era: import('./era.js').Era): Books;
    /**
     * Compares the books with the answer to a KeepAlive.
     *
     * @param {import('./era.js').Era} era
     * @param {Books} before what was counted when it was sent
     * @param {{ endedLeaseIds: string[], leases: bigint }} answer
     */
    compare(era: import('./era.js').Era, before: Books, answer: {
        endedLeaseIds: string[];
        leases: bigint;
    }): void;
}
