import { Holding } from './holding.js';
/**
 * An ask is one request for a lease, in as many attempts as it takes. All go under one lease id, so a lost answer counts
 * once; another id is taken when the session is another one, or the server has ended the lease of that id.
 */
export declare class Ask {
    #private;
    /**
     * @param {object} wiring
     * @param {import('./session.js').Session} wiring.session
     * @param {import('./leases.js').Leases} wiring.leases
     * @param {import('./stop.js').Stopping} wiring.stop
     * @param {object} what
     * @param {string} what.name of the datastore
     * @param {import('./values.js').LeasedOperation} what.operation
     * @param {string} what.purpose
     * @param {import('./values.js').Revision} [what.atLeast]
     */
    constructor({ session, leases, stop }: {
        session: import('./session.js').Session;
        leases: import('./leases.js').Leases;
        stop: import('./stop.js').Stopping;
    }, what: {
        name: string;
        operation: import('./values.js').LeasedOperation;
        purpose: string;
        atLeast?: import('./values.js').Revision;
    });
    /**
     * @param {number} limit milliseconds
     * @returns {Promise<Holding>}
     */
    attempt(limit: number): Promise<Holding>;
    /**
     * Whether another attempt makes sense.
     *
     * @param {unknown} failure
     */
    static isPassing(failure: unknown): boolean;
    /** There will be no other attempt. */
    giveUp(): void;
}
