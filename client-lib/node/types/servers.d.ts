import { Stop } from './stop.js';
/** A server is one of those that share a history, with the channels to it. */
export declare class Server {
    calls: import("./calls.js").Calls;
    control: import("./calls.js").Calls;
    /** Given when the client has gone on to another server: what can be asked again ends then, to be asked there. */
    left: Stop;
    /**
     * @param {import('./calls.js').Calls} calls
     * @param {import('./calls.js').Calls} control the channel of the session: no flood of calls delays a renewal
     */
    constructor(calls: import('./calls.js').Calls, control: import('./calls.js').Calls);
    /** The channel of the session stays until that is closed. */
    leave(): void;
    close(): void;
}
/**
 * Servers are the targets of a client: the servers that share one history. One of them is the present one; each client has
 * them in its own order, so that those of a server that stops spread over the others.
 */
export declare class Servers {
    #private;
    /** Is told of a server that has no connection. @type {(server: Server) => void} */
    onUnreachable: (server: Server) => void;
    /**
     * @param {string[]} targets
     * @param {(target: string) => Server} connect
     * @param {() => number} random
     */
    constructor(targets: string[], connect: (target: string) => Server, random: () => number);
    get areSeveral(): boolean;
    get now(): Server;
    /**
     * Makes the next one the present one, and leaves the one before it.
     *
     * @param {boolean} noHelp whether no further attempt at the present one can help
     * @returns {boolean} true when all were left since one has answered: it is time for a pause
     */
    next(noHelp: boolean): boolean;
    /** Leaves no socket. */
    close(): void;
    /** The present one has answered. */
    reached(): void;
    /**
     * Makes of a failure at a server what its caller is to see: where another server may do better, nobody has answered yet.
     *
     * @param {Server} server
     * @param {unknown} failure
     */
    met(server: Server, failure: unknown): unknown;
    /**
     * Whether no further attempt can help, at no server.
     *
     * @param {unknown} failure at the present one
     */
    isHopeless(failure: unknown): boolean;
}
/**
 * Whether a server was not reached, or has ended the connection.
 *
 * @param {unknown} failure
 */
export declare function isGone(failure: unknown): boolean;
/**
 * Whether no further attempt at the same server can help.
 *
 * @param {unknown} failure
 */
export declare function isForGood(failure: unknown): boolean;
/**
 * Whether a call was certainly never sent: then another server can be asked, whatever it is.
 *
 * @param {unknown} failure
 */
export declare function isUnsent(failure: unknown): boolean;
/**
 * One target, several with commas between them, or a list of them.
 *
 * @param {string | string[]} given
 */
export declare function targetsOf(given: string | string[]): string[];
