import { Era } from './era.js';
/**
 * A session is what the server knows a client by. It is kept alive in the background and opened again, without end, when
 * it is lost.
 */
export declare class Session {
    #private;
    /**
     * @param {object} wiring
     * @param {import('./servers.js').Servers} wiring.servers
     * @param {import('./clock.js').Clock} wiring.clock
     * @param {import('./leases.js').Leases} wiring.leases
     * @param {(most?: number) => import('./backoff.js').Backoff} wiring.pauses
     * @param {number} wiring.closeTimeout for the answer of a server that was left, in milliseconds
     * @param {object} ask
     * @param {{ client: string, host: string, pid: number, version: string }} ask.holder
     * @param {number} ask.ttl wanted, in milliseconds
     */
    constructor({ servers, clock, leases, pauses, closeTimeout }: {
        servers: import('./servers.js').Servers;
        clock: import('./clock.js').Clock;
        leases: import('./leases.js').Leases;
        pauses: (most?: number) => import('./backoff.js').Backoff;
        closeTimeout: number;
    }, { holder, ttl }: {
        holder: {
            client: string;
            host: string;
            pid: number;
            version: string;
        };
        ttl: number;
    });
    /** The id that the server knows it by, or would if its answer was lost. */
    get id(): string;
    /** The ttl that was granted last, in milliseconds; 0 while there is no session. */
    get ttl(): number;
    /** The time on the clock that its terms are counted on. */
    now(): number;
    /**
     * Opens it for the first time.
     *
     * @param {number} timeout
     * @param {import('./stop.js').Stopping} stop
     */
    begin(timeout: number, stop: import('./stop.js').Stopping): Promise<void>;
    /**
     * Is told by whoever finds that a server has no connection any more, or says that it stops.
     *
     * @param {import('./servers.js').Server} server
     */
    unreachable(server: import('./servers.js').Server): void;
    /**
     * What a failure at a server means to who has asked there.
     *
     * @param {import('./servers.js').Server} server
     * @param {unknown} failure
     */
    met(server: import('./servers.js').Server, failure: unknown): unknown;
    /**
     * The era that a request may be sent in; waits while there is none.
     *
     * @param {number} timeout
     * @param {import('./stop.js').Stopping} stop
     * @returns {Promise<Era>}
     */
    ready(timeout: number, stop: import('./stop.js').Stopping): Promise<Era>;
    /**
     * Ends it here and at the server, which gives all its leases back. What the server cannot be told in time it will find
     * out by itself.
     *
     * @param {number} timeout
     */
    close(timeout: number): Promise<void>;
}
