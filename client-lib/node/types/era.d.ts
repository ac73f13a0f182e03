import { Stop } from './stop.js';
/**
 * An era is the time between two openings of a session: from the answer to an OpenSession until the server has forgotten
 * the session, its time is over, or the client is closed. After a restart of the server the session is opened again under
 * the same id, and that is another era: the server knows of no lease yet.
 */
export declare class Era {
    #private;
    id: string;
    given: string;
    server: import("./servers.js").Server;
    term: import("./term.js").Term;
    /** Given when it is over. */
    stop: Stop;
    /**
     * @param {string} id of the session, for this client: the same at each server
     * @param {string} given what the server has made of it: each of several servers puts its life behind the id, and
     *   knows the session by that only
     * @param {import('./servers.js').Server} server that has opened it
     * @param {import('./term.js').Term} term
     * @param {import('./clock.js').Clock} clock
     */
    constructor(id: string, given: string, server: import('./servers.js').Server, term: import('./term.js').Term, clock: import('./clock.js').Clock);
    get over(): boolean;
    /** Whether somebody was told that the server does not know the session, and no KeepAlive has been answered since. */
    get doubted(): boolean;
    /** Wants a KeepAlive now; one that is on its way does not count. */
    call(): void;
    doubt(): void;
    trust(): void;
    end(): void;
    /**
     * Waits until a KeepAlive is wanted, or the time for the next one has come, or it is over.
     *
     * @param {number} ms
     */
    untilDue(ms: number): Promise<void>;
}
