import { hostname } from 'node:os';
import { basename } from 'node:path';
import { security } from './address.js';
import { Ask } from './ask.js';
import { Backoff } from './backoff.js';
import { Calls } from './calls.js';
import { systemClock } from './clock.js';
import { Operation } from './gen/datastored/v1/datastore_pb.js';
import { DatastoreService } from './gen/datastored/v1/datastore_service_pb.js';
import { insist, joined } from './insist.js';
import { asyncDispose, Lease } from './lease.js';
import { Leases } from './leases.js';
import { meaning } from './refusal.js';
import { Session } from './session.js';
import { datastoreOf, revisionOf, sentRevision } from './values.js';
import { Watch } from './watch.js';

/**
 * All times are in milliseconds.
 *
 * @typedef {object} ClientOptions
 * @property {string} [client] this program's name, for people; default: that of its script
 * @property {string} [version] its version, for people
 * @property {number} [ttl] of the session, 1 to 60 s; default 10 s. A holder that dies holds up a drain for so long, and
 *     leases outlive a server that is away for less
 * @property {number} [timeout] of each call unless it says otherwise; default 10 s
 * @property {number} [attemptTimeout] after which an answer is taken for lost and asked for again; default 2 s
 * @property {number} [closeTimeout] how long `close` tries to tell the server; default 2 s
 * @property {number} [firstPause] before the second attempt; default 100 ms
 * @property {number} [longestPause] between attempts; default 5 s
 * @property {boolean} [caches] this program answers questions from what its watches told: drains wait until it has applied
 *     a mode; default false
 * @property {import('./address.js').Tls | boolean} [tls]
 * @property {boolean} [insecure] talk in clear text beyond this host
 * @property {import('./clock.js').Clock} [clock] default: this host's
 * @property {() => number} [random] from 0 to 1; default `Math.random`
 */

/**
 * @typedef {object} CallOptions
 * @property {number} [timeout] milliseconds
 * @property {AbortSignal} [signal] gives the call up
 */

/**
 * An answer tells a datastore as it was at a revision.
 *
 * @typedef {object} Answer
 * @property {import('./values.js').Datastore} datastore
 * @property {import('./values.js').Revision} revision
 */

const DEFAULTS = {
  version: '',
  ttl: 10_000,
  timeout: 10_000,
  attemptTimeout: 2000,
  closeTimeout: 2000,
  firstPause: 100,
  longestPause: 5000,
  caches: false,
  clock: systemClock,
  random: Math.random,
};

/**
 * How long a server waits for `atLeast`, so how long one attempt may take. A little more, so that its answer is heard.
 */
const LONGEST_WAIT = 11_000;

/** A client is one session with a server, and what is done under it. It keeps the process running until it is closed. */
export class Client {
  #options;
  #target;
  #calls;
  #leases;
  #session;
  /** @type {Set<Watch>} */
  #watches = new Set();
  #closing = new AbortController();
  /** @type {Promise<void> | undefined} */
  #closed;

  /**
   * Opens a session. Tries until the timeout, so the server may be started a little later.
   *
   * @param {string} target `127.0.0.1:7400`, `unix:/run/datastored.sock`, or any other name that gRPC knows
   * @param {ClientOptions} [options]
   * @returns {Promise<Client>}
   */
  static async connect(target, options = {}) {
    const client = new Client(target, { ...DEFAULTS, ...options });
    try {
      await client.#session.begin(client.#options);
      return client;
    } catch (failure) {
      client.#calls.close();
      throw failure;
    }
  }

  /**
   * @param {string} target
   * @param {ClientOptions & typeof DEFAULTS} options
   * @private use `connect`
   */
  constructor(target, options) {
    this.#target = target;
    this.#options = options;
    const { clock, ttl, caches, attemptTimeout } = options;
    const pauses = (/** @type {number} */ most = options.longestPause) => this.#backoff(most);
    const { credentials, options: channelOptions } = security(target, options);
    const calls = new Calls(target, {
      clock,
      credentials,
      options: {
        // A broken connection is tried again several times within a term: a lease must outlive a restart of the server.
        'grpc.initial_reconnect_backoff_ms': Math.min(options.firstPause, ttl / 10),
        'grpc.max_reconnect_backoff_ms': Math.min(options.longestPause, ttl / 10),
        // One that swallows everything is noticed. Servers close a connection that pings more often than every 10 s.
        'grpc.keepalive_time_ms': 20_000,
        'grpc.keepalive_timeout_ms': 5000,
        ...channelOptions,
      },
    });
    this.#calls = calls;
    this.#leases = new Leases({ calls, clock, pauses, attemptTimeout });
    this.#session = new Session(
      { calls, clock, pauses, leases: this.#leases },
      {
        holder: {
          client: options.client ?? basename(process.argv[1] ?? 'node'),
          host: hostname(),
          pid: process.pid,
          version: options.version,
        },
        ttl,
        caches,
        applied: () => (caches ? this.#applied() : undefined),
      },
    );
  }

  /** The id of the session; another one after the session was lost. */
  get sessionId() {
    return this.#session.id;
  }

  /** The session's ttl as the server has granted it last, in milliseconds; 0 while there is no session. */
  get ttl() {
    return this.#session.ttl;
  }

  /**
   * Asks how a datastore is now. Counts nothing; refused only in mode DELETE.
   *
   * @param {string} name
   * @param {CallOptions & { atLeast?: import('./values.js').Revision }} [options] `atLeast`: the oldest configuration that
   *     the answer may be taken from
   * @returns {Promise<Answer>}
   */
  async lookup(name, { atLeast, ...options } = {}) {
    return this.#insist(`lookup of ${name}`, { atLeast, ...options }, async (limit, signal) => {
      const request = { datastore: name, operation: Operation.LOOKUP, atLeast: sentRevision(atLeast) };
      const answer = await this.#calls.unary(DatastoreService.method.lookup, request, { timeout: limit, signal });
      if (!answer.datastore || !answer.revision) {
        throw new Error('the server has answered without a datastore or without a revision');
      }
      return { datastore: datastoreOf(answer.datastore), revision: revisionOf(answer.revision) };
    });
  }

  /**
   * Takes a lease. A lost answer counts once, and a call that is given up counts nothing.
   *
   * @param {string} name
   * @param {import('./values.js').LeasedOperation} operation
   * @param {CallOptions & { purpose?: string, atLeast?: import('./values.js').Revision }} [options] `purpose`: what it is
   *     for, shown to an operator who waits for it
   * @returns {Promise<Lease>}
   */
  async hold(name, operation, { purpose = '', atLeast, ...options } = {}) {
    const { signal, end } = joined(this.#closing.signal, options.signal);
    const wiring = { calls: this.#calls, session: this.#session, leases: this.#leases, signal };
    const ask = new Ask(wiring, { name, operation, purpose, atLeast });
    try {
      const holding = await insist((limit) => ask.attempt(limit), {
        ...this.#way(`${operation} on ${name}`, { atLeast, ...options }),
        signal,
        passing: Ask.isPassing,
      });
      return new Lease(holding, () => this.#leases.release(holding));
    } catch (failure) {
      ask.giveUp();
      throw failure;
    } finally {
      end();
    }
  }

  /**
   * Follows the changes of datastores: `for await (const frame of client.watch()) …`. Ends when the loop is left or the
   * client closed.
   *
   * @param {import('./watch.js').WatchOptions} [options]
   * @returns {Watch}
   */
  watch(options = {}) {
    const watch = new Watch(
      {
        calls: this.#calls,
        clock: this.#options.clock,
        session: this.#session,
        backoff: this.#backoff(this.#options.longestPause),
        onEnd: (ended) => this.#watches.delete(ended),
      },
      options,
    );
    if (this.#closing.signal.aborted) {
      watch.close();
    } else {
      this.#watches.add(watch);
    }
    return watch;
  }

  /**
   * Any other call of the contract, once: `client.call(DatastoreService.method.status, {})` with what
   * `datastored-client/stubs` exports. Its 64-bit numbers are bigint.
   *
   * @template {import('@bufbuild/protobuf').DescMessage} I
   * @template {import('@bufbuild/protobuf').DescMessage} O
   * @param {import('./calls.js').UnaryMethod<I, O>} method
   * @param {import('@bufbuild/protobuf').MessageInitShape<I>} request
   * @param {CallOptions} [options]
   */
  call(method, request, { timeout = this.#options.timeout, signal } = {}) {
    return this.#calls.unary(method, request, { timeout, signal });
  }

  /**
   * The same for a call that is answered with a stream, such as a drain.
   *
   * @template {import('@bufbuild/protobuf').DescMessage} I
   * @template {import('@bufbuild/protobuf').DescMessage} O
   * @param {import('./calls.js').StreamMethod<I, O>} method
   * @param {import('@bufbuild/protobuf').MessageInitShape<I>} request
   * @returns {AsyncGenerator<import('@bufbuild/protobuf').MessageShape<O>, void, undefined>}
   */
  async *stream(method, request) {
    const call = this.#calls.stream(method, request);
    try {
      yield* call;
    } catch (failure) {
      throw meaning(/** @type {any} */ (failure));
    } finally {
      call.cancel();
    }
  }

  /**
   * Ends the session, which gives all leases back, and all watches; leaves no timer and no socket.
   *
   * @returns {Promise<void>}
   */
  close() {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** For `await using`. */
  [asyncDispose]() {
    return this.close();
  }

  async #close() {
    this.#closing.abort(new Error('the client is closed'));
    for (const watch of this.#watches) {
      watch.close();
    }
    const { closeTimeout, attemptTimeout } = this.#options;
    await this.#session.close({ timeout: closeTimeout, attemptTimeout });
    this.#calls.close();
  }

  toString() {
    return `client of ${this.#target}, session ${this.sessionId}`;
  }

  /**
   * What all watches have applied: the least of it; undefined when one has not applied anything.
   */
  #applied() {
    /** @type {import('./values.js').Revision | undefined} */
    let least;
    for (const { applied } of this.#watches) {
      if (!applied) {
        return undefined;
      }
      if (!least || applied.incarnation !== least.incarnation || applied.generation < least.generation) {
        least = applied;
      }
    }
    return least;
  }

  /** @param {number} most */
  #backoff(most) {
    const { firstPause, longestPause, random } = this.#options;
    return new Backoff({ first: firstPause, most: Math.min(most, longestPause), random });
  }

  /**
   * @template T
   * @param {string} what
   * @param {CallOptions & { atLeast?: object }} options
   * @param {(limit: number, signal: AbortSignal) => Promise<T>} attempt
   */
  async #insist(what, options, attempt) {
    const { signal, end } = joined(this.#closing.signal, options.signal);
    try {
      return await insist((limit) => attempt(limit, signal), { ...this.#way(what, options), signal });
    } finally {
      end();
    }
  }

  /**
   * @param {string} what
   * @param {CallOptions & { atLeast?: object }} options
   */
  #way(what, { timeout = this.#options.timeout, atLeast }) {
    return {
      what,
      clock: this.#options.clock,
      backoff: this.#backoff(this.#options.longestPause),
      timeout,
      attemptTimeout: atLeast ? LONGEST_WAIT : this.#options.attemptTimeout,
    };
  }
}
