import { Bell } from './bell.js';
import { Stop } from './stop.js';

/**
 * An era is the time between two openings of a session: from the answer to an OpenSession until the server has forgotten
 * the session, its time is over, or the client is closed. After a restart of the server the session is opened again under
 * the same id, and that is another era: the server knows of no lease yet.
 */
export class Era {
  #clock;
  /** Given when it is over. */
  stop = new Stop();
  #call = new Bell();
  #wanted = false;
  #doubted = false;

  /**
   * @param {string} id of the session, for this client: the same at each server
   * @param {string} given what the server has made of it: each of several servers puts its life behind the id, and
   *   knows the session by that only
   * @param {import('./servers.js').Server} server that has opened it
   * @param {import('./term.js').Term} term
   * @param {import('./clock.js').Clock} clock
   */
  constructor(id, given, server, term, clock) {
    this.id = id;
    this.given = given;
    this.server = server;
    this.term = term;
    this.#clock = clock;
  }

  get over() {
    return this.stop.given;
  }

  /** Whether somebody was told that the server does not know the session, and no KeepAlive has been answered since. */
  get doubted() {
    return this.#doubted;
  }

  /** Wants a KeepAlive now; one that is on its way does not count. */
  call() {
    this.#wanted = true;
    this.#call.ring();
  }

  doubt() {
    this.#doubted = true;
    this.call();
  }

  trust() {
    this.#doubted = false;
  }

  end() {
    this.stop.give(new Error(`session ${this.id} is over`));
  }

  /**
   * Waits until a KeepAlive is wanted, or the time for the next one has come, or it is over.
   *
   * @param {number} ms
   */
  async untilDue(ms) {
    if (!this.#wanted) {
      await this.#call.wait(this.#clock, ms, this.stop);
    }
    this.#wanted = false;
  }
}
