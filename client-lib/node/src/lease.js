import { inspect } from 'node:util';

/** The symbol is younger than the oldest Node that this library runs on. @type {typeof Symbol.asyncDispose} */
export const asyncDispose = Symbol.asyncDispose ?? Symbol('asyncDispose');

/**
 * A lease is the permission to read or write one datastore, counted by the server until it is released or lost.
 *
 * It lives with the client's session, which is kept alive in the background. Stop working when it is lost: `lost` and
 * `signal` tell at once, `alive` tells by the clock, also when the event loop was held up. What a program does between its
 * last look at `alive` and its write, only storage can fence that compares `fencingToken`.
 */
export class Lease {
  #holding;
  #release;

  /**
   * @param {import('./holding.js').Holding} holding
   * @param {() => Promise<void>} release
   */
  constructor(holding, release) {
    this.#holding = holding;
    this.#release = release;
  }

  get id() {
    return this.#holding.id;
  }

  get operation() {
    return this.#holding.operation;
  }

  /** Rises with every lease that the server grants, over its restarts too; below 2^53. */
  get fencingToken() {
    return Number(this.#holding.token);
  }

  /** The datastore as it was when the lease was granted. */
  get datastore() {
    return this.#holding.datastore;
  }

  /** The revision that the answer was taken from. */
  get revision() {
    return this.#holding.revision;
  }

  /** Whether it may be relied on now. */
  get alive() {
    return this.#holding.alive;
  }

  /** Resolves with the cause when the lease is lost; never when it is released before. */
  get lost() {
    return this.#holding.lost;
  }

  /**
   * Aborted when the lease is lost: hand it to what must stop then.
   *
   * @returns {AbortSignal}
   */
  get signal() {
    return this.#holding.signal;
  }

  /**
   * Gives the lease back, once, however often it is called. Resolves when the server has answered, or cannot count the
   * lease any more; it is repeated in the background until then. To be called for a lost lease too: an operator's forced
   * drain waits for it.
   */
  release() {
    return this.#release();
  }

  /** For `await using`. */
  [asyncDispose]() {
    return this.release();
  }

  toString() {
    const state = this.#holding.released ? 'released' : this.alive ? 'alive' : 'lost';
    return `lease ${this.id} for ${this.operation} on ${this.datastore.name}, token ${this.fencingToken}, ${state}`;
  }

  [inspect.custom]() {
    return this.toString();
  }
}
