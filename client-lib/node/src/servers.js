import { status } from '@grpc/grpc-js';
import { isDistrust, isNameless, NoAnswerError, RefusedError } from './refusal.js';
import { Stop } from './stop.js';

/** A server is one of those that share a history, with the channels to it. */
export class Server {
  /** Given when the client has gone on to another server: what can be asked again ends then, to be asked there. */
  left = new Stop();

  /**
   * @param {import('./calls.js').Calls} calls
   * @param {import('./calls.js').Calls} control the channel of the session: no flood of calls delays a renewal
   */
  constructor(calls, control) {
    this.calls = calls;
    this.control = control;
  }

  /** The channel of the session stays until that is closed. */
  leave() {
    this.left.give(new NoAnswerError('the client goes on at another server'));
    // What must not be asked again ends with the answer of this server.
    this.calls.finish();
  }

  close() {
    this.control.close();
    this.calls.close();
  }
}

/**
 * Servers are the targets of a client: the servers that share one history. One of them is the present one; each client has
 * them in its own order, so that those of a server that stops spread over the others.
 */
export class Servers {
  #targets;
  #connect;
  #at = 0;
  #now;
  /** Those that were left, and that have not answered everything. @type {Set<Server>} */
  #left = new Set();
  /** How many were left, one after the other, since one has answered. */
  #passed = 0;
  /** How many of the last ones because no further attempt can help there. */
  #hopeless = 0;
  /** Is told of a server that has no connection. @type {(server: Server) => void} */
  onUnreachable = () => {};

  /**
   * @param {string[]} targets
   * @param {(target: string) => Server} connect
   * @param {() => number} random
   */
  constructor(targets, connect, random) {
    this.#targets = [...targets];
    for (let i = targets.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [this.#targets[i], this.#targets[j]] = [this.#targets[j], this.#targets[i]];
    }
    this.#connect = connect;
    this.#now = connect(this.#targets[0]);
  }

  get areSeveral() {
    return this.#targets.length > 1;
  }

  get now() {
    return this.#now;
  }

  /**
   * Makes the next one the present one, and leaves the one before it.
   *
   * @param {boolean} noHelp whether no further attempt at the present one can help
   * @returns {boolean} true when all were left since one has answered: it is time for a pause
   */
  next(noHelp) {
    this.#hopeless = noHelp ? this.#hopeless + 1 : 0;
    this.#passed++;
    this.#at = (this.#at + 1) % this.#targets.length;
    const before = this.#now;
    this.#now = this.#connect(this.#targets[this.#at]);
    before.leave();
    this.#left.add(before);
    for (const left of this.#left) {
      if (left.calls.idle) {
        this.#left.delete(left);
      }
    }
    return this.#passed % this.#targets.length === 0;
  }

  /** Leaves no socket. */
  close() {
    for (const left of this.#left) {
      left.calls.close();
    }
    this.#now.close();
  }

  /** The present one has answered. */
  reached() {
    this.#passed = 0;
    this.#hopeless = 0;
  }

  /**
   * Makes of a failure at a server what its caller is to see: where another server may do better, nobody has answered yet.
   *
   * @param {Server} server
   * @param {unknown} failure
   */
  met(server, failure) {
    if (!this.areSeveral || failure instanceof RefusedError) {
      return failure;
    }
    if (server.left.given) {
      return server.left.reason;
    }
    if (isGone(failure)) {
      this.onUnreachable(server);
      return this.isHopeless(failure) ? failure : new NoAnswerError('not reached', failure);
    }
    return failure;
  }

  /**
   * Whether no further attempt can help, at no server.
   *
   * @param {unknown} failure at the present one
   */
  isHopeless(failure) {
    return isForGood(failure) && this.#hopeless >= this.#targets.length - 1;
  }
}

/**
 * Whether a server was not reached, or has ended the connection.
 *
 * @param {unknown} failure
 */
export function isGone(failure) {
  return !(failure instanceof RefusedError) && /** @type {any} */ (failure)?.code === status.UNAVAILABLE;
}

/**
 * Whether no further attempt at the same server can help.
 *
 * @param {unknown} failure
 */
export function isForGood(failure) {
  return isDistrust(failure) || isNameless(failure);
}

/** The words of gRPC for a call that it has not sent, because there was no connection. */
const UNSENT =
  /^No connection established|^Name resolution failed|^Channel closed before call started|^given up before it was sent/;

/**
 * Whether a call was certainly never sent: then another server can be asked, whatever it is.
 *
 * @param {unknown} failure
 */
export function isUnsent(failure) {
  return !(failure instanceof RefusedError) && UNSENT.test(/** @type {any} */ (failure)?.details ?? '');
}

/**
 * One target, several with commas between them, or a list of them.
 *
 * @param {string | string[]} given
 */
export function targetsOf(given) {
  const targets = typeof given === 'string' ? given.split(',').map((one) => one.trim()) : given;
  if (!Array.isArray(targets) || targets.length === 0) {
    throw new TypeError('no address of a server: give at least one HOST:PORT or unix:/PATH');
  }
  return targets;
}
