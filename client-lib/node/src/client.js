import { hostname } from 'node:os';
import { basename } from 'node:path';
import { Operation } from '../gen/datastored/v1/datastore_pb.js';
import { DatastoreService } from '../gen/datastored/v1/datastore_service_pb.js';
import { security } from './address.js';
import { Ask } from './ask.js';
import { Backoff } from './backoff.js';
import { Calls } from './calls.js';
import { systemClock } from './clock.js';
import { insist } from './insist.js';
import { asyncDispose, Lease } from './lease.js';
import { Leases } from './leases.js';
import { CALL, CONNECT, checked, HOLD, LOOKUP, WATCH } from './options.js';
import { isPassing, meaning, NoAnswerError } from './refusal.js';
import { isUnsent, Server, Servers, targetsOf } from './servers.js';
import { Session } from './session.js';
import { either, Stop } from './stop.js';
import { datastoreOf, revisionOf, sentRevision } from './values.js';
import { Watch } from './watch.js';

/**
 * All times are in milliseconds, as their names say.
 *
 * @typedef {object} ClientOptions
 * @property {string} [client] this program's name, for people; default: that of its script
 * @property {string} [version] its version, for people
 * @property {number} [ttlMs] time to live of the session in milliseconds, 1000 to 60000; default 10000. A holder that dies
 *     holds up a drain for so long, and leases outlive a server that is away for less
 * @property {number} [timeoutMs] milliseconds for each call unless it says otherwise; default 10000
 * @property {number} [closeTimeoutMs] milliseconds for which `close` tries to tell the server; default 2000
 * @property {number} [firstPauseMs] milliseconds before the second attempt; default 100
 * @property {number} [longestPauseMs] milliseconds between attempts at most; default 5000
 * @property {AbortSignal} [signal] gives `connect` up
 * @property {import('./address.js').Tls | boolean} [tls]
 * @property {import('./address.js').CallCredentials} [callCredentials] what to add to each call; needs `tls`
 * @property {boolean} [insecure] talk in clear text beyond this host
 * @property {import('./clock.js').Clock} [clock] default: this host's
 * @property {() => number} [random] from 0 to 1; default `Math.random`
 */

/**
 * @typedef {object} CallOptions
 * @property {number} [timeoutMs] milliseconds for the whole call
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
  ttlMs: 10_000,
  timeoutMs: 10_000,
  closeTimeoutMs: 2000,
  firstPauseMs: 100,
  longestPauseMs: 5000,
  clock: systemClock,
  random: Math.random,
};

/** A client is one session with a server, and what is done under it. It keeps the process running until it is closed. */
export class Client {
  #options;
  #targets;
  #servers;
  #leases;
  #session;
  /** @type {Set<Watch>} */
  #watches = new Set();
  #closing = new Stop();
  /** @type {Promise<void> | undefined} */
  #closed;

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
  static async connect(target, options = {}) {
    const { signal, ...wanted } = checked('Client.connect', options, CONNECT);
    const client = new Client(target, { ...DEFAULTS, ...defined(wanted) });
    try {
      await client.#session.begin(client.#options.timeoutMs, either(client.#closing, signal && Stop.of(signal)));
      return client;
    } catch (failure) {
      // The answer may have been on its way: a session that nobody has must not stay.
      await (client.#servers.now.control.connected && client.#session.close(client.#options.closeTimeoutMs));
      client.#servers.close();
      throw failure;
    }
  }

  /**
   * @param {string | string[]} target
   * @param {ClientOptions & typeof DEFAULTS} options
   * @private use `connect`
   */
  constructor(target, options) {
    this.#targets = targetsOf(target);
    this.#options = options;
    const { clock, ttlMs } = options;
    const pauses = (/** @type {number} */ most = options.longestPauseMs) => this.#backoff(most);
    // Each is looked at now: a mistake in one is not to be found years later, when the others are down.
    const secured = new Map(this.#targets.map((one) => [one, security(one, options)]));
    /** @param {string} one */
    const channel = (one) => ({
      clock,
      credentials: /** @type {any} */ (secured.get(one)).credentials,
      options: {
        // A broken connection is tried again several times within a term: a lease must outlive a restart of the server.
        'grpc.initial_reconnect_backoff_ms': Math.min(options.firstPauseMs, ttlMs / 10),
        'grpc.max_reconnect_backoff_ms': Math.min(options.longestPauseMs, ttlMs / 10),
        // One that swallows everything is noticed. Servers close a connection that pings more often than every 10 s.
        'grpc.keepalive_time_ms': 12_000,
        'grpc.keepalive_timeout_ms': 4000,
        // Or else both channels would share one connection.
        'grpc.use_local_subchannel_pool': 1,
        .../** @type {any} */ (secured.get(one)).options,
      },
    });
    /** @param {string} one */
    const connect = (one) => new Server(new Calls(one, channel(one)), new Calls(one, channel(one)));
    const servers = new Servers(this.#targets, connect, options.random);
    this.#servers = servers;
    this.#leases = new Leases({ servers, clock, pauses });
    this.#session = new Session(
      { servers, clock, pauses, leases: this.#leases, closeTimeout: options.closeTimeoutMs },
      {
        holder: {
          client: options.client ?? basename(process.argv[1] ?? 'node'),
          host: hostname(),
          pid: process.pid,
          version: options.version,
        },
        ttl: ttlMs,
      },
    );
  }

  /** The id of the session; another one after the session was lost. */
  get sessionId() {
    return this.#session.id;
  }

  /** The session's ttl as the server has granted it last, in milliseconds; 0 while there is no session. */
  get ttlMs() {
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
  async lookup(name, options = {}) {
    const { atLeast } = checked('lookup', options, LOOKUP);
    const way = this.#way(`lookup of ${name}`, options);
    return insist(async (left) => {
      const request = { datastore: name, operation: Operation.LOOKUP, atLeast: sentRevision(atLeast) };
      const server = this.#servers.now;
      const limits = { timeout: left, stop: either(way.stop, server.left) };
      const answer = await server.calls.unary(DatastoreService.method.lookup, request, limits).catch((failure) => {
        throw this.#servers.met(server, failure);
      });
      if (!answer.datastore || !answer.revision) {
        throw new Error('the server has answered without a datastore or without a revision');
      }
      return { datastore: datastoreOf(answer.datastore), revision: revisionOf(answer.revision) };
    }, way);
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
  async hold(name, operation, options = {}) {
    const { purpose = '', atLeast } = checked('hold', options, HOLD);
    const way = this.#way(`${operation} on ${name}`, options);
    const wiring = { session: this.#session, leases: this.#leases, stop: way.stop };
    const ask = new Ask(wiring, { name, operation, purpose, atLeast });
    try {
      const holding = await insist((left) => ask.attempt(left), { ...way, passing: Ask.isPassing });
      return new Lease(holding, () => this.#leases.release(holding));
    } catch (failure) {
      ask.giveUp();
      throw failure;
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
    checked('watch', options, WATCH);
    const watch = new Watch(
      {
        clock: this.#options.clock,
        session: this.#session,
        backoff: this.#backoff(this.#options.longestPauseMs),
        onEnd: (ended) => this.#watches.delete(ended),
      },
      options,
    );
    if (this.#closing.given) {
      watch.close();
    } else {
      this.#watches.add(watch);
    }
    return watch;
  }

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
  call(method, request, options = {}) {
    const { timeoutMs = this.#options.timeoutMs, signal } = checked('call', options, CALL);
    const stop = signal && Stop.of(signal);
    if (!this.#servers.areSeveral) {
      return this.#servers.now.calls.unary(method, request, { timeout: timeoutMs, stop });
    }
    const way = { ...this.#way(`call of ${method.name}`, options), passing: isNotSent };
    return insist(async (timeout) => {
      const server = this.#servers.now;
      return server.calls.unary(method, request, { timeout, stop }).then(
        (answer) => () => answer,
        (failure) => {
          if (isUnsent(failure) && isPassing(this.#servers.met(server, failure))) {
            throw new NotSent(failure);
          }
          return () => {
            throw failure;
          };
        },
      );
    }, way).then((outcome) => outcome());
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
    const call = this.#servers.now.calls.stream(method, request);
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
    this.#closing.give(new Error('the client is closed'));
    for (const watch of this.#watches) {
      watch.close();
    }
    await this.#session.close(this.#options.closeTimeoutMs);
    this.#servers.close();
  }

  toString() {
    return `client of ${this.#targets}, session ${this.sessionId}`;
  }

  /** @param {number} most */
  #backoff(most) {
    const { firstPauseMs, longestPauseMs, random } = this.#options;
    return new Backoff({ first: firstPauseMs, most: Math.min(most, longestPauseMs), random });
  }

  /**
   * @param {string} what
   * @param {CallOptions} options
   */
  #way(what, { timeoutMs = this.#options.timeoutMs, signal }) {
    return {
      what,
      clock: this.#options.clock,
      backoff: this.#backoff(this.#options.longestPauseMs),
      timeout: timeoutMs,
      stop: either(this.#closing, signal && Stop.of(signal)),
    };
  }
}

/** A call that no server has seen. */
class NotSent extends NoAnswerError {
  /** @param {unknown} cause */
  constructor(cause) {
    super('not sent', cause);
  }
}

/** @param {unknown} failure */
function isNotSent(failure) {
  return failure instanceof NotSent;
}

/**
 * Without what was given as undefined, which is as good as not given.
 *
 * @template {object} T
 * @param {T} options
 * @returns {T}
 */
function defined(options) {
  return /** @type {T} */ (Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)));
}
