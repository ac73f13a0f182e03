/**
 * Why a lease was lost.
 *
 * - `EXPIRED`: nobody has renewed it in time, by this client's clock
 * - `SESSION_ENDED`: the server has ended the session
 * - `FORCED`: an operator has ended it
 * - `NOT_CONTINUED`: the server was restarted and did not take it over
 * - `CLOSED`: the client was closed before it was released
 *
 * @typedef {'EXPIRED' | 'SESSION_ENDED' | 'FORCED' | 'NOT_CONTINUED' | 'CLOSED'} Loss
 */

/** A holding is one lease from its grant until nobody holds it, in the library's own books. */
export class Holding {
  #state = /** @type {'HELD' | 'LOST' | 'RELEASED'} */ ('HELD');
  #abort = new AbortController();
  /** @type {(cause: Loss) => void} */
  #tell = () => {};

  /**
   * @param {object} grant
   * @param {string} grant.id
   * @param {string} grant.name of the datastore
   * @param {import('./values.js').LeasedOperation} grant.operation
   * @param {string} grant.purpose
   * @param {bigint} grant.token
   * @param {string} grant.continuation
   * @param {import('./values.js').Datastore} grant.datastore
   * @param {import('./values.js').Revision} grant.revision
   * @param {number} grant.askedAt when the Lookup was sent, on the monotonic clock: no later than the server counts from
   * @param {import('./era.js').Era} grant.era in which the Lookup was sent
   */
  constructor({ id, name, operation, purpose, token, continuation, datastore, revision, askedAt, era }) {
    this.id = id;
    this.name = name;
    this.operation = operation;
    this.purpose = purpose;
    this.token = token;
    /** The server's own proof that it has granted it, sent back as it is; '' from a server too old to make one. */
    this.continuation = continuation;
    this.datastore = datastore;
    this.revision = revision;
    this.askedAt = askedAt;
    /**
     * The era whose answers it lives by: that in which the server granted it, or has taken it over. A KeepAlive that is
     * answered by a server which does not count this lease must not prolong it.
     */
    this.era = era;
    /** @type {Promise<Loss>} */
    this.lost = new Promise((resolve) => {
      this.#tell = resolve;
    });
  }

  /** Whether the holder wants it and was not told otherwise. */
  get held() {
    return this.#state === 'HELD';
  }

  get released() {
    return this.#state === 'RELEASED';
  }

  /** Whether it may be relied on now. */
  get alive() {
    return this.held && !this.era.term.over;
  }

  /**
   * Aborted when it is lost, with an error that says why.
   *
   * @returns {AbortSignal}
   */
  get signal() {
    return this.#abort.signal;
  }

  release() {
    this.#state = 'RELEASED';
  }

  /**
   * Tells the holder, once.
   *
   * @param {Loss} cause
   */
  lose(cause) {
    if (this.held) {
      this.#state = 'LOST';
      this.#tell(cause);
      this.#abort.abort(new Error(`the lease for ${this.operation} on ${this.name} is lost: ${cause}`));
    }
  }
}
