import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { DatastoreService } from '../gen/datastored/v1/datastore_service_pb.js';
import { SessionService } from '../gen/datastored/v1/session_service_pb.js';
import { pause } from './bell.js';
import { Gate } from './gate.js';
import { isPassing, isRefusal, retryAfter } from './refusal.js';
import { sentOperation } from './values.js';

const { lookup, release } = DatastoreService.method;
const { listLeases } = SessionService.method;

/**
 * How long a Release may take before it is sent again, in milliseconds. Longer than any pause of a server: the connection fails
 * first.
 */
const RELEASE_TIME = 30_000;

/** So many leases are continued at a time, so that renewals are not behind thousands of them. */
const CONTINUED_AT_A_TIME = 64;

/**
 * What is counted of one era at one moment: leases that the server may count, and those that it must.
 *
 * @typedef {{ most: number, least: number }} Books
 */

/** Leases are the books of one client: which ids the server may count for it, and what becomes of each. */
export class Leases {
  #servers;
  #clock;
  #pauses;
  /** Is told when the present server counts one more, or there is one less to count. */
  onSettled = () => {};
  #turns = new Gate(CONTINUED_AT_A_TIME);
  /** @type {import('./era.js').Era | undefined} */
  #era;
  /** Ids whose Lookup is not answered yet. @type {Set<string>} */
  #asked = new Set();
  /** Leases that are held, and those ended by force whose holder has not released them. @type {Map<string, import('./holding.js').Holding>} */
  #holdings = new Map();
  /** Ids whose Release is not answered yet. @type {Map<string, Promise<void>>} */
  #releases = new Map();
  #tooMany = 0;
  #tooFew = 0;

  /**
   * @param {object} wiring
   * @param {import('./servers.js').Servers} wiring.servers
   * @param {import('./clock.js').Clock} wiring.clock
   * @param {(most?: number) => import('./backoff.js').Backoff} wiring.pauses
   */
  constructor({ servers, clock, pauses }) {
    this.#servers = servers;
    this.#clock = clock;
    this.#pauses = pauses;
  }

  /** @param {string} id of a lease that is about to be asked for */
  ask(id) {
    this.#asked.add(id);
  }

  /**
   * Nobody wants it any more, and whether the server counts it is not known: a lost answer, or a call that was given up.
   *
   * @param {string} id
   * @param {string} sessionId
   */
  abandon(id, sessionId) {
    this.giveBack(id, sessionId).catch(() => {});
    this.#asked.delete(id);
  }

  /**
   * The server has refused it, or nothing was sent.
   *
   * @param {string} id
   */
  forget(id) {
    this.#asked.delete(id);
  }

  /**
   * Takes up what was granted.
   *
   * @param {import('./holding.js').Holding} holding
   * @returns {boolean} false when its session is over already
   */
  take(holding) {
    const era = this.#era;
    if (!era || era.id !== holding.era.id || holding.era.term.over) {
      return false;
    }
    this.#holdings.set(holding.id, holding);
    this.#asked.delete(holding.id);
    if (holding.era !== era) {
      // The server that granted it was restarted before the answer came, and its session opened again: the new one must
      // be told of this lease like of the others.
      void this.#continue(holding, era);
    }
    return true;
  }

  /**
   * Gives a lease back for its holder.
   *
   * @param {import('./holding.js').Holding} holding
   */
  release(holding) {
    if (!holding.released) {
      holding.release();
      const released = this.giveBack(holding.id, holding.era.id);
      this.#holdings.delete(holding.id);
      return released;
    }
    return this.#releases.get(holding.id) ?? Promise.resolve();
  }

  /**
   * Tells the server that a lease is not wanted: until it answers, or its session is over, and at least once.
   *
   * @param {string} id
   * @param {string} sessionId
   * @returns {Promise<void>}
   */
  giveBack(id, sessionId) {
    const known = this.#releases.get(id);
    if (known) {
      return known;
    }
    const released = this.#release(id, sessionId).finally(() => this.#releases.delete(id));
    this.#releases.set(id, released);
    return released;
  }

  /**
   * @param {string} id
   * @param {string} sessionId
   */
  async #release(id, sessionId) {
    const backoff = this.#pauses();
    for (;;) {
      const server = this.#servers.now;
      try {
        await server.calls.unary(release, { leaseId: id }, { timeout: RELEASE_TIME, stop: server.left });
        return;
      } catch (thrown) {
        const failure = this.#servers.met(server, thrown);
        if (!isPassing(failure)) {
          throw failure;
        }
        if (this.#era?.id !== sessionId) {
          return;
        }
        await pause(this.#clock, backoff.next(retryAfter(failure)), this.#era.stop);
      }
    }
  }

  /**
   * A session was opened. What is held under its id, from before a restart of the server, is continued there.
   *
   * @param {import('./era.js').Era} era
   */
  enter(era) {
    this.#era = era;
    this.#tooMany = 0;
    this.#tooFew = 0;
    for (const holding of this.#holdings.values()) {
      void this.#continue(holding, era);
    }
  }

  /**
   * A session is over, and its leases with it.
   *
   * @param {string} sessionId
   * @param {import('./holding.js').Loss} cause
   */
  lose(sessionId, cause) {
    this.#era = undefined;
    for (const holding of this.#holdings.values()) {
      if (holding.era.id === sessionId) {
        holding.lose(cause);
      }
    }
    this.#holdings.clear();
  }

  /**
   * Asks the server to count a lease that is held. Until it does the lease lives by the answers of the era before.
   *
   * @param {import('./holding.js').Holding} holding
   * @param {import('./era.js').Era} era
   */
  async #continue(holding, era) {
    const backoff = this.#pauses();
    while (holding.held && !era.over) {
      const { term } = holding.era;
      if (term.over) {
        this.#drop(holding, 'EXPIRED');
        return;
      }
      try {
        const answer = await this.#turns.run(() => this.#askFor(holding, era));
        if (answer?.lease?.continuation) {
          holding.continuation = answer.lease.continuation;
        }
        if (era.over || !answer) {
          return;
        }
        if (holding.held && !term.over) {
          holding.era = era;
          this.onSettled();
          return;
        }
        // Released meanwhile, and the Release may have come before this Lookup; or its time was over first. The server
        // counts it now, and nobody holds it.
        this.#drop(holding, 'EXPIRED');
        await this.#releases.get(holding.id)?.catch(() => {});
        this.giveBack(holding.id, era.id).catch(() => {});
        return;
      } catch (failure) {
        if (era.over) {
          return;
        }
        if (isRefusal(failure, 'SESSION_NOT_FOUND')) {
          era.doubt();
        } else if (!isPassing(failure) && !isRefusal(failure, 'QUOTA_EXCEEDED')) {
          this.#drop(holding, 'NOT_CONTINUED');
          return;
        }
        await pause(this.#clock, Math.min(backoff.next(retryAfter(failure)), term.left), era.stop);
      }
    }
  }

  /**
   * @param {import('./holding.js').Holding} holding
   * @param {import('./era.js').Era} era
   * @returns the answer; undefined when nobody wanted it any more when its turn came
   */
  async #askFor(holding, era) {
    if (!holding.held || era.over) {
      return undefined;
    }
    return era.server.control.unary(
      lookup,
      {
        datastore: holding.name,
        operation: sentOperation(holding.operation),
        sessionId: era.given,
        leaseId: holding.id,
        heldFencingToken: holding.token,
        continuation: holding.continuation,
        purpose: holding.purpose,
        heldFor: durationFromMs(Math.round(this.#clock.now() - holding.askedAt)),
      },
      { timeout: Math.max(1, holding.era.term.left / 2), stop: era.stop },
    );
  }

  /**
   * @param {import('./holding.js').Holding} holding
   * @param {import('./holding.js').Loss} cause
   */
  #drop(holding, cause) {
    holding.lose(cause);
    this.#holdings.delete(holding.id);
    this.onSettled();
  }

  /**
   * What is left of the term that is over first: of the session, or of a lease that its server has not taken over yet.
   *
   * @param {import('./era.js').Era} era
   */
  leastLeft(era) {
    const held = [...this.#holdings.values()].filter((holding) => holding.held);
    return held.reduce((least, holding) => Math.min(least, holding.era.term.left), era.term.left);
  }

  /**
   * Whether the server of an era counts each lease that is held.
   *
   * @param {import('./era.js').Era} era
   */
  areAllOf(era) {
    return [...this.#holdings.values()].every((holding) => !holding.held || holding.era === era);
  }

  /**
   * What is counted now.
   *
   * @param {import('./era.js').Era} era
   * @returns {Books}
   */
  count(era) {
    let held = 0;
    let least = 0;
    for (const holding of this.#holdings.values()) {
      if (holding.held) {
        held++;
        least += holding.era === era ? 1 : 0;
      }
    }
    return { most: held + this.#asked.size + this.#releases.size, least };
  }

  /**
   * Compares the books with the answer to a KeepAlive.
   *
   * @param {import('./era.js').Era} era
   * @param {Books} before what was counted when it was sent
   * @param {{ endedLeaseIds: string[], leases: bigint }} answer
   */
  compare(era, before, answer) {
    for (const id of answer.endedLeaseIds) {
      const holding = this.#holdings.get(id);
      if (holding) {
        holding.lose('FORCED');
      } else if (!this.#asked.has(id)) {
        this.giveBack(id, era.id).catch(() => {});
      }
    }
    const now = this.count(era);
    const told = Number(answer.leases);
    // Twice in a row: a Lookup or Release that overtakes a KeepAlive may mislead once.
    this.#tooMany = told > Math.max(before.most, now.most) ? this.#tooMany + 1 : 0;
    this.#tooFew = told < Math.min(before.least, now.least) ? this.#tooFew + 1 : 0;
    if (this.#tooMany === 2) {
      this.#tooMany = 0;
      this.#sweep(era).catch(() => {});
    }
    if (this.#tooFew === 2) {
      this.#tooFew = 0;
      for (const holding of this.#holdings.values()) {
        if (holding.era === era) {
          void this.#continue(holding, era);
        }
      }
    }
  }

  /**
   * Gives back what the server counts and nobody here knows: a Lookup that came after the Release of its id.
   *
   * @param {import('./era.js').Era} era
   */
  async #sweep(era) {
    let pageToken = '';
    do {
      const page = await era.server.control.unary(
        listLeases,
        { sessionId: era.given, pageToken },
        { timeout: RELEASE_TIME, stop: era.stop },
      );
      for (const { lease } of page.leases) {
        if (lease && !this.#asked.has(lease.leaseId) && !this.#holdings.has(lease.leaseId)) {
          this.giveBack(lease.leaseId, era.id).catch(() => {});
        }
      }
      pageToken = page.nextPageToken;
    } while (pageToken);
  }
}
