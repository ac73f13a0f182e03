import { asyncDispose, Lease } from './lease.js';
import { Watch } from './watch.js';
export type ClientOptions = {
    /**
     * this program's name, for people; default: that of its script
     */
    client?: string;
    /**
     * its version, for people
     */
    version?: string;
    /**
     * time to live of the session in milliseconds, 1000 to 60000; default 10000. A holder that dies
     * holds up a drain for so long, and leases outlive a server that is away for less
     */
    ttlMs?: number;
    /**
     * milliseconds for each call unless it says otherwise; default 10000
     */
    timeoutMs?: number;
    /**
     * milliseconds for which `close` tries to tell the server; default 2000
     */
    closeTimeoutMs?: number;
    /**
     * milliseconds before the second attempt; default 100
     */
    firstPauseMs?: number;
    /**
     * milliseconds between attempts at most; default 5000
     */
    longestPauseMs?: number;
    /**
     * gives `connect` up
     */
    signal?: AbortSignal;
    tls?: import('./address.js').Tls | boolean;
    /**
     * what to add to each call; needs `tls`
     */
    callCredentials?: import('./address.js').CallCredentials;
    /**
     * talk in clear text beyond this host
     */
    insecure?: boolean;
    /**
     * default: this host's
     */
    clock?: import('./clock.js').Clock;
    /**
     * from 0 to 1; default `Math.random`
     */
    random?: () => number;
};
export type CallOptions = {
    /**
     * milliseconds for the whole call
     */
    timeoutMs?: number;
    /**
     * gives the call up
     */
    signal?: AbortSignal;
};
export type Answer = {
    datastore: import('./values.js').Datastore;
    revision: import('./values.js').Revision;
};
/** A client is one session with a server, and what is done under it. It keeps the process running until it is closed. */
export declare class Client {
    #private;
    /**
     * Opens a session. Tries until the timeout, so the server may be started a little later. What trying again does not mend
     * is told at once: a bad address, an unknown host, a certificate that is not trusted.
     *
     * @param {string | string[]} target `127.0.0.1:7400`, `unix:/run/datastored.sock`, or any other name that gRPC knows. Where
     *     several servers share one history: all of them, in any order, as a list or with commas. One of them is used at a
     *     time, and the session, its leases and the watches go on at another one when it stops, cannot be reached, or can
     *     promise nothing
     * @param {ClientOptions} [options]
     * @returns {Promise<Client>}
     */
    static connect(target: string | string[], options?: ClientOptions): Promise<Client>;
    /**
     * @param {string | string[]} target
     * @param {ClientOptions & typeof DEFAULTS} options
     * @private use `connect`
     */
    private constructor();
    /** The id of the session; another one after the session was lost. */
    get sessionId(): string;
    /** The session's ttl as the server has granted it last, in milliseconds; 0 while there is no session. */
    get ttlMs(): number;
    /**
     * Asks how a datastore is now. Counts nothing; refused only in mode DELETE.
     *
     * @param {string} name
     * @param {CallOptions & { atLeast?: import('./values.js').Revision }} [options] `atLeast`: the oldest configuration that
     *     the answer may be taken from
     * @returns {Promise<Answer>}
     */
    lookup(name: string, options?: CallOptions & {
        atLeast?: import('./values.js').Revision;
    }): Promise<Answer>;
    /**
     * Takes a lease. A lost answer counts once, and a call that is given up counts nothing.
     *
     * @param {string} name
     * @param {import('./values.js').LeasedOperation} operation
     * @param {CallOptions & { purpose?: string, atLeast?: import('./values.js').Revision }} [options] `purpose`: what it is
     *     for, shown to an operator who waits for it
     * @returns {Promise<Lease>}
     */
    hold(name: string, operation: import('./values.js').LeasedOperation, options?: CallOptions & {
        purpose?: string;
        atLeast?: import('./values.js').Revision;
    }): Promise<Lease>;
    /**
     * Follows the changes of datastores: `for await (const frame of client.watch()) …`. Ends when the loop is left or the
     * client closed.
     *
     * @param {import('./watch.js').WatchOptions} [options]
     * @returns {Watch}
     */
    watch(options?: import('./watch.js').WatchOptions): Watch;
    /**
     * Any other call of the contract, once, but for one that was certainly never sent: with several servers that goes to the next.
     * `client.call(DatastoreService.method.status, {})` with what
     * `datastored-client/stubs` exports. Its 64-bit numbers are bigint.
     *
     * @template {import('@bufbuild/protobuf').DescMessage} I
     * @template {import('@bufbuild/protobuf').DescMessage} O
     * @param {import('./calls.js').UnaryMethod<I, O>} method
     * @param {import('@bufbuild/protobuf').MessageInitShape<I>} request
     * @param {CallOptions} [options]
     */
    call<I extends import('@bufbuild/protobuf').DescMessage, O extends import('@bufbuild/protobuf').DescMessage>(method: import('./calls.js').UnaryMethod<I, O>, request: import('@bufbuild/protobuf').MessageInitShape<I>, options?: CallOptions): Promise<import("@bufbuild/protobuf").MessageShape<O>>;
    /**
     * The same for a call that is answered with a stream, such as a drain.
     *
     * @template {import('@bufbuild/protobuf').DescMessage} I
     * @template {import('@bufbuild/protobuf').DescMessage} O
     * @param {import('./calls.js').StreamMethod<I, O>} method
     * @param {import('@bufbuild/protobuf').MessageInitShape<I>} request
     * @returns {AsyncGenerator<import('@bufbuild/protobuf').MessageShape<O>, void, undefined>}
     */
    stream<I extends import('@bufbuild/protobuf').DescMessage, O extends import('@bufbuild/protobuf').DescMessage>(method: import('./calls.js').StreamMethod<I, O>, request: import('@bufbuild/protobuf').MessageInitShape<I>): AsyncGenerator<import('@bufbuild/protobuf').MessageShape<O>, void, undefined>;
    /**
     * Ends the session, which gives all leases back, and all watches; leaves no timer and no socket.
     *
     * @returns {Promise<void>}
     */
    close(): Promise<void>;
    /** For `await using`. */
    [asyncDispose](): Promise<void>;
    toString(): string;
}
