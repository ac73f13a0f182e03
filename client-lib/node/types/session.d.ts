import { Era } from './era.js';
/**
 * A session is what the server knows a client by. It is kept alive in the background and opened again, without end, when
 * it is lost.
 */
export declare class Session {
    #private;
    /**
     * @param {object} wiring
     * @param {import('./calls.js').Calls} wiring.control a channel of its own, so that no call is before a renewal
     * @param {import('./clock.js').Clock} wiring.clock
     * @param {import('./leases.js').Leases} wiring.leases
     * @param {(most?: number) => import('./backoff.js').Backoff} wiring.pauses
     * @param {object} ask
     * @param {{ client: string, host: string, pid: number, version: string }} ask.holder
     * @param {number} ask.ttl wanted, in milliseconds
     */
    constructor({ control, clock, leases, pauses }: {
        control: import('./calls.js').Calls;
        clock: import('./clock.js').Clock;
        leases: import('./leases.js').Leases;
        pauses: (most?: number) => import('./backoff.js').Backoff;
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
