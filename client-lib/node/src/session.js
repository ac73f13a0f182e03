import { randomUUID } from 'node:crypto';
import { durationFromMs, durationMs } from '@bufbuild/protobuf/wkt';
import { Bell, pause } from './bell.js';
import { Era } from './era.js';
import { SessionService } from './gen/datastored/v1/session_service_pb.js';
import { insist } from './insist.js';
import { isRefusal, NoAnswerError, retryAfter } from './refusal.js';
import { moment, Term } from './term.js';
import { sentRevision } from './values.js';

const { openSession, keepAlive, closeSession } = SessionService.method;

/** How often the clocks are compared, in milliseconds, so that a holder is told of a sleep of the machine. */
const LOOK = 1000;

/** An attempt is given half the time that is left, so that there is a second one; but not less than this. */
const SHORTEST = 200;

/**
 * A session is what the server knows a client by. It is kept alive in the background and opened again, without end, when
 * it is lost.
 */
export class Session {
  #calls;
  #clock;
  #leases;
  #pauses;
  #ask;
  #applied;
  #closing = new AbortController();
  #news = new Bell();
  /** @type {Era | undefined} */
  #era;
  #id = '';
  /** @type {Promise<void>} */
  #running = Promise.resolve();

  /**
   * @param {object} wiring
   * @param {import('./calls.js').Calls} wiring.calls
   * @param {import('./clock.js').Clock} wiring.clock
   * @param {import('./leases.js').Leases} wiring.leases
   * @param {(most?: number) => import('./backoff.js').Backoff} wiring.pauses
   * @param {object} ask
   * @param {{ client: string, host: string, pid: number, version: string }} ask.holder
   * @param {number} ask.ttl wanted, in milliseconds
   * @param {boolean} ask.caches
   * @param {() => import('./values.js').Revision | undefined} ask.applied what has been applied, if it caches
   */
  constructor({ calls, clock, leases, pauses }, { holder, ttl, caches, applied }) {
    this.#calls = calls;
    this.#clock = clock;
    this.#leases = leases;
    this.#pauses = pauses;
    this.#ask = { holder: { ...holder, pid: BigInt(holder.pid) }, ttl: durationFromMs(ttl), caches };
    this.#applied = applied;
  }

  /** The id that it was opened with last. */
  get id() {
    return this.#id;
  }

  /** The ttl that was granted last, in milliseconds; 0 while there is no session. */
  get ttl() {
    return this.#era?.term.ttl ?? 0;
  }

  /**
   * Opens it for the first time.
   *
   * @param {{ timeout: number, attemptTimeout: number }} limits
   */
  async begin({ timeout, attemptTimeout }) {
    this.#id = randomUUID();
    const era = await insist((limit) => this.#open(this.#id, limit, this.#closing.signal), {
      what: 'open a session',
      clock: this.#clock,
      backoff: this.#pauses(),
      timeout,
      attemptTimeout,
      signal: this.#closing.signal,
    });
    this.#enter(era);
    this.#running = this.#run();
  }

  /**
   * The era that a request may be sent in; waits while there is none.
   *
   * @param {number} timeout
   * @param {AbortSignal} signal
   * @returns {Promise<Era>}
   */
  async ready(timeout, signal) {
    const end = this.#clock.now() + timeout;
    for (;;) {
      signal.throwIfAborted();
      this.#closing.signal.throwIfAborted();
      const era = this.#era;
      if (era && !era.doubted && !era.term.over) {
        return era;
      }
      const left = end - this.#clock.now();
      if (left <= 0) {
        throw new NoAnswerError(`no session within ${timeout} ms`);
      }
      await this.#news.wait(this.#clock, left, signal);
    }
  }

  /**
   * Ends it here and at the server, which gives all its leases back. What the server cannot be told in time it will find
   * out by itself.
   *
   * @param {{ timeout: number, attemptTimeout: number }} limits
   */
  async close({ timeout, attemptTimeout }) {
    this.#closing.abort(new Error('the client is closed'));
    if (this.#era) {
      this.#leave(this.#era, 'CLOSED');
    }
    await this.#running;
    try {
      // Without an era, too: the answer to an OpenSession may be on its way.
      await insist((limit) => this.#calls.unary(closeSession, { sessionId: this.#id }, { timeout: limit }), {
        what: 'close the session',
        clock: this.#clock,
        backoff: this.#pauses(),
        timeout,
        attemptTimeout,
        signal: new AbortController().signal,
      });
    } catch {
      // Then it ends at its ttl.
    }
  }

  async #run() {
    while (!this.#closing.signal.aborted) {
      if (this.#era) {
        await this.#keep(this.#era);
      } else {
        await this.#openAnother();
      }
    }
  }

  /**
   * @param {string} id
   * @param {number} timeout
   * @param {AbortSignal} signal
   */
  async #open(id, timeout, signal) {
    const sending = moment(this.#clock);
    const answer = await this.#calls.unary(openSession, { sessionId: id, ...this.#ask }, { timeout, signal });
    return new Era(id, new Term(this.#clock, sending, ttlOf(answer)), this.#clock);
  }

  /** One attempt to open another session, then a pause. */
  async #openAnother() {
    const backoff = this.#pauses();
    const signal = this.#closing.signal;
    // The same id until there is an answer: a lost one must not leave a session behind.
    this.#id = randomUUID();
    let limit = LOOK;
    while (!this.#era && !signal.aborted) {
      try {
        const era = await this.#open(this.#id, limit, signal);
        if (!signal.aborted) {
          this.#enter(era);
        }
        return;
      } catch (failure) {
        limit = Math.min(limit * 2, 10 * LOOK);
        await pause(this.#clock, backoff.next(retryAfter(failure)), signal);
      }
    }
  }

  /** @param {Era} era */
  #enter(era) {
    this.#era = era;
    this.#leases.enter(era);
    this.#news.ring();
    void this.#guard(era);
  }

  /**
   * @param {Era} era
   * @param {import('./holding.js').Loss} cause
   */
  #leave(era, cause) {
    if (this.#era === era) {
      this.#era = undefined;
      era.end();
      this.#leases.lose(era.id, cause);
      this.#news.ring();
    }
  }

  /**
   * Tells the holders as soon as its time is over, whatever the other calls wait for.
   *
   * @param {Era} era
   */
  async #guard(era) {
    while (!era.over) {
      if (era.term.over) {
        this.#leave(era, 'EXPIRED');
      }
      await pause(this.#clock, Math.min(LOOK, Math.max(1, era.term.left)), era.signal);
    }
  }

  /**
   * Keeps it alive until it is over.
   *
   * @param {Era} era
   */
  async #keep(era) {
    // Several attempts must fit into a term.
    const backoff = this.#pauses(era.term.ttl / 10);
    let due = this.#clock.now() + era.term.ttl / 3;
    while (!era.over) {
      await era.untilDue(due - this.#clock.now());
      if (era.over) {
        return;
      }
      if (era.term.over) {
        this.#leave(era, 'EXPIRED');
        return;
      }
      const sending = moment(this.#clock);
      const books = this.#leases.count(era);
      try {
        const request = { sessionId: era.id, applied: sentRevision(this.#applied()) };
        const answer = await this.#calls.unary(keepAlive, request, { timeout: half(era), signal: era.signal });
        if (era.over) {
          return;
        }
        if (!era.term.renew(sending, ttlOf(answer))) {
          this.#leave(era, 'EXPIRED');
          return;
        }
        backoff.reset();
        due = sending.at + era.term.ttl / 3;
        era.trust();
        this.#news.ring();
        this.#leases.compare(era, books, answer);
      } catch (failure) {
        if (isRefusal(failure, 'SESSION_NOT_FOUND')) {
          await this.#onNotFound(era, failure);
        } else {
          due = this.#clock.now() + backoff.next(retryAfter(failure));
        }
      }
    }
  }

  /**
   * @param {Era} era
   * @param {import('./refusal.js').RefusedError} failure
   */
  async #onNotFound(era, failure) {
    if (failure.metadata.recovering === 'true') {
      await this.#openAgain(era);
    } else {
      this.#leave(era, 'SESSION_ENDED');
    }
  }

  /**
   * Opens it again under its id, with a server that was restarted and does not know it. To be done within the old term:
   * after that its holders have stopped, and there is nothing to continue.
   *
   * @param {Era} era
   */
  async #openAgain(era) {
    const backoff = this.#pauses(era.term.ttl / 10);
    era.doubt();
    while (!era.over) {
      try {
        const next = await this.#open(era.id, half(era), era.signal);
        if (era.over || era.term.over) {
          this.#leave(era, 'EXPIRED');
          return;
        }
        era.end();
        this.#enter(next);
        return;
      } catch (failure) {
        await pause(this.#clock, Math.min(backoff.next(retryAfter(failure)), era.term.left), era.signal);
        if (era.term.over) {
          this.#leave(era, 'EXPIRED');
        }
      }
    }
  }
}

/** @param {Era} era */
function half(era) {
  return Math.max(Math.min(era.term.left, SHORTEST), era.term.left / 2);
}

/** @param {{ ttl?: import('@bufbuild/protobuf/wkt').Duration }} answer */
function ttlOf({ ttl }) {
  return ttl ? durationMs(ttl) : 0;
}
