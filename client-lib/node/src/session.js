import { randomUUID } from 'node:crypto';
import { durationFromMs, durationMs } from '@bufbuild/protobuf/wkt';
import { SessionService } from '../gen/datastored/v1/session_service_pb.js';
import { Bell, pause } from './bell.js';
import { Era } from './era.js';
import { insist } from './insist.js';
import { isNameless, isPassing, isRefusal, isUnauthenticated, NoAnswerError, retryAfter } from './refusal.js';
import { Stop } from './stop.js';
import { moment, Term } from './term.js';

const { openSession, keepAlive, closeSession } = SessionService.method;

/** How often the clocks are compared, in milliseconds, so that a holder is told of a sleep of the machine. */
const LOOK = 1000;

/** How long an attempt to open another session may take, in milliseconds. Longer than a pause of a server. */
const OPEN_TIME = 10_000;

/** An attempt is given half the time that is left, so that there is a second one; but not less than this. */
const SHORTEST = 200;

/**
 * A session is what the server knows a client by. It is kept alive in the background and opened again, without end, when
 * it is lost.
 */
export class Session {
  #control;
  #clock;
  #leases;
  #pauses;
  #ask;
  #closing = new Stop();
  #news = new Bell();
  /** @type {Era | undefined} */
  #era;
  #id = '';
  /** What the server has made of it: the same until it has answered. */
  #given = '';
  /** Why the server has not answered last; undefined when it has. @type {unknown} */
  #trouble;
  /** @type {Promise<void>} */
  #running = Promise.resolve();

  /**
   * @param {object} wiring
   * @param {import('./calls.js').Calls} wiring.control a channel of its own, so that no call is before a renewal
   * @param {import('./clock.js').Clock} wiring.clock
   * @param {import('./leases.js').Leases} wiring.leases
   * @param {(most?: number) => import('./backoff.js').Backoff} wiring.pauses
   * @param {object} ask
   * @param {{ client: string, host: string, pid: number, version: string }} ask.holder
   * @param {number} ask.ttl wanted, in milliseconds
   */
  constructor({ control, clock, leases, pauses }, { holder, ttl }) {
    this.#control = control;
    this.#clock = clock;
    this.#leases = leases;
    this.#pauses = pauses;
    this.#ask = { holder: { ...holder, pid: BigInt(holder.pid) }, ttl: durationFromMs(ttl) };
  }

  /** The id that the server knows it by, or would if its answer was lost. */
  get id() {
    return this.#given;
  }

  /** The ttl that was granted last, in milliseconds; 0 while there is no session. */
  get ttl() {
    return this.#era?.term.ttl ?? 0;
  }

  /** The time on the clock that its terms are counted on. */
  now() {
    return this.#clock.now();
  }

  /**
   * Opens it for the first time.
   *
   * @param {number} timeout
   * @param {import('./stop.js').Stopping} stop
   */
  async begin(timeout, stop) {
    this.#id = randomUUID();
    this.#given = this.#id;
    const era = await insist((limit) => this.#open(this.#id, limit, stop), {
      what: 'open a session',
      clock: this.#clock,
      backoff: this.#pauses(),
      timeout,
      stop,
      passing: (failure) => isPassing(failure) && !isNameless(failure) && !isUnauthenticated(failure),
    });
    this.#enter(era);
    this.#running = this.#run();
    // A restart of the server ends the connection: the sooner it is asked, the more time there is to continue the leases.
    this.#control.onDisconnect(() => this.#era?.call());
  }

  /**
   * The era that a request may be sent in; waits while there is none.
   *
   * @param {number} timeout
   * @param {import('./stop.js').Stopping} stop
   * @returns {Promise<Era>}
   */
  async ready(timeout, stop) {
    const end = this.#clock.now() + timeout;
    for (;;) {
      stop.throwIfGiven();
      this.#closing.throwIfGiven();
      const era = this.#era;
      if (era && !era.doubted && !era.term.over) {
        return era;
      }
      const left = end - this.#clock.now();
      if (left <= 0) {
        throw new NoAnswerError(`no session within ${Math.round(timeout)} ms`, this.#trouble);
      }
      await this.#news.wait(this.#clock, left, stop);
    }
  }

  /**
   * Ends it here and at the server, which gives all its leases back. What the server cannot be told in time it will find
   * out by itself.
   *
   * @param {number} timeout
   */
  async close(timeout) {
    this.#closing.give(new Error('the client is closed'));
    if (this.#era) {
      this.#leave(this.#era, 'CLOSED');
    }
    await this.#running;
    try {
      // Without an era, too: the answer to an OpenSession may be on its way.
      await insist((limit) => this.#control.unary(closeSession, { sessionId: this.#given }, { timeout: limit }), {
        what: 'close the session',
        clock: this.#clock,
        backoff: this.#pauses(),
        timeout,
        stop: new Stop(),
      });
    } catch {
      // Then it ends at its ttl.
    }
  }

  async #run() {
    while (!this.#closing.given) {
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
   * @param {import('./stop.js').Stopping} stop
   */
  async #open(id, timeout, stop) {
    const sending = moment(this.#clock);
    const answer = await this.#control.unary(openSession, { sessionId: id, ...this.#ask }, { timeout, stop });
    return new Era(id, answer.sessionId, new Term(this.#clock, sending, ttlOf(answer)), this.#clock);
  }

  /** One attempt to open another session, then a pause. */
  async #openAnother() {
    const backoff = this.#pauses();
    const stop = this.#closing;
    // The same id until there is an answer: a lost one must not leave a session behind.
    this.#id = randomUUID();
    this.#given = this.#id;
    while (!this.#era && !stop.given) {
      try {
        const era = await this.#open(this.#id, OPEN_TIME, stop);
        if (!stop.given) {
          this.#enter(era);
        }
        return;
      } catch (failure) {
        this.#trouble = failure;
        await pause(this.#clock, backoff.next(retryAfter(failure)), stop);
      }
    }
  }

  /** @param {Era} era */
  #enter(era) {
    this.#era = era;
    this.#given = era.given;
    this.#trouble = undefined;
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
      await pause(this.#clock, Math.min(LOOK, Math.max(1, era.term.left)), era.stop);
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
        const limits = { timeout: half(era), stop: era.stop };
        const answer = await this.#control.unary(keepAlive, { sessionId: era.given }, limits);
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
        this.#trouble = undefined;
        this.#news.ring();
        this.#leases.compare(era, books, answer);
      } catch (failure) {
        if (isRefusal(failure, 'SESSION_NOT_FOUND')) {
          await this.#onNotFound(era, failure);
        } else {
          this.#trouble = failure;
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
        const next = await this.#open(era.id, half(era), era.stop);
        if (era.over || era.term.over) {
          this.#leave(era, 'EXPIRED');
          return;
        }
        era.end();
        this.#enter(next);
        return;
      } catch (failure) {
        this.#trouble = failure;
        await pause(this.#clock, Math.min(backoff.next(retryAfter(failure)), era.term.left), era.stop);
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
