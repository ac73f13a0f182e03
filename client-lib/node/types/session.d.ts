import { Era } from './era.js';
/**
 * A session is what the server knows a client by. It is kept alive in the background and opened again, without end, when
 * it is lost.
 */
export declare class Session {
    #private;
    /**
     * @param {object} wiring
     * @param {import('./calls.js').Calls} wiring.calls
     * @param {import('./clock.js').Clock} wiring.clock
     * @param {import('./leases.js').Leases} wiring.leases
     * @param {(most?: number) => import('./backoff.js').Backoff} wiring.pauses
     * @param {object} ask
     * @param {{ client: string, host: string, pid: number, version: string }} ask.holder
     * @param {number} ask.ttl wanted, in milliseconds
     * @param {boolean} ask.caches
     * @param {() => import('./values.js').Revision | undefined} ask.applied what has been applied, if it caches
     */
    constructor({ calls, clock, leases, pauses }: {
        calls: import('./calls.js').Calls;
        clock: import('./clock.js').Clock;
        leases: import('./leases.js').Leases;
        pauses: (most?: number) => import('./backoff.js').Backoff;
    }, { holder, ttl, caches, applied }: {
        holder: {
            client: string;
            host: string;
            pid: number;
            version: string;
        };
        ttl: number;
        caches: boolean;
        applied: () => import('./values.js').Revision | undefined;
    });
    /** The id that it was opened with last. */
    get id(): string;
    /** The ttl that was granted last, in milliseconds; 0 while there is no session. */
    get ttl(): number;
    /**
     * Opens it for the first time.
     *
     * @param {{ timeout: number, attemptTimeout: number }} limits
     */
    begin({ timeout, attemptTimeout }: {
        timeout: number;
        attemptTimeout: number;
    }): Promise<void>;
    /**
     * The era that a request may be sent in; waits while there is none.
     *
     * @param {number} timeout
     * @param {AbortSignal} signal
     * @returns {Promise<Era>}
     */
    ready(timeout: number, signal: AbortSignal): Promise<Era>;
    /**
     * Ends it here and at the server, which gives all its leases back. What the server cannot be told in time it will find
     * out by itself.
     *
     * @param {{ timeout: number, attemptTimeout: number }} limits
     */
    close({ timeout, attemptTimeout }: {
        timeout: number;
        attemptTimeout: number;
    }): Promise<void>;
}
