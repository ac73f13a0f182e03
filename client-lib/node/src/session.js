import { randomUUID } from 'node:crypto';
import { durationFromMs, durationMs } from '@bufbuild/protobuf/wkt';
import { SessionService } from '../gen/datastored/v1/session_service_pb.js';
import { Bell, pause } from './bell.js';
import { Era } from './era.js';
import { insist } from './insist.js';
import {
  isNameless,
  isPassing,
  isRefusal,
  isUnanswered,
  isUnauthenticated,
  NoAnswerError,
  retryAfter,
} from './refusal.js';
import { isForGood } from './servers.js';
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
  #servers;
  #clock;
  #leases;
  #pauses;
  #closeTimeout;
  #wanted;
  #ask;
  #closing = new Stop();
  #news = new Bell();
  /** @type {Era | undefined} */
  #era;
  #id = '';
  /** What the next OpenSession asks for: the same at each server, until one was told to close it. */
  #asked = '';
  /** What the server has made of it: the same until it has answered. */
  #given = '';
  /** At servers that were left, and that may still count what this client has. @type {Era[]} */
  #left = [];
  /** Sessions that servers were told to close. @type {Set<Promise<void>>} */
  #endings = new Set();
  /** Those whose connection is looked after. @type {WeakSet<import('./servers.js').Server>} */
  #followed = new WeakSet();
  /** One that somebody has found without a connection. @type {import('./servers.js').Server | undefined} */
  #unfit;
  /** Why the server has not answered last; undefined when it has. @type {unknown} */
  #trouble;
  /** @type {Promise<void>} */
  #running = Promise.resolve();

  /**
   * @param {object} wiring
   * @param {import('./servers.js').Servers} wiring.servers
   * @param {import('./clock.js').Clock} wiring.clock
   * @param {import('./leases.js').Leases} wiring.leases
   * @param {(most?: number) => import('./backoff.js').Backoff} wiring.pauses
   * @param {number} wiring.closeTimeout for the answer of a server that was left, in milliseconds
   * @param {object} ask
   * @param {{ client: string, host: string, pid: number, version: string }} ask.holder
   * @param {number} ask.ttl wanted, in milliseconds
   */
  constructor({ servers, clock, leases, pauses, closeTimeout }, { holder, ttl }) {
    this.#servers = servers;
    this.#closeTimeout = closeTimeout;
    servers.onUnreachable = (server) => this.unreachable(server);
    leases.onSettled = () => this.#settle();
    this.#clock = clock;
    this.#leases = leases;
    this.#pauses = pauses;
    this.#wanted = ttl;
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
    this.#takeId();
    const era = await insist((limit) => this.#openFirst(limit, stop), {
      what: 'open a session',
      clock: this.#clock,
      backoff: this.#pauses(),
      timeout,
      stop,
      passing: (failure) => isPassing(failure) && !isNameless(failure) && !isUnauthenticated(failure),
    });
    this.#enter(era);
    this.#running = this.#run();
  }

  /**
   * One attempt, and on to the next server if it fails.
   *
   * @param {number} limit
   * @param {import('./stop.js').Stopping} stop
   */
  async #openFirst(limit, stop) {
    if (!this.#servers.areSeveral) {
      return this.#open(limit, stop);
    }
    try {
      return await this.#open(Math.min(limit, this.#openTime), stop);
    } catch (failure) {
      if (this.#servers.isHopeless(failure) || !isPassing(failure)) {
        throw failure;
      }
      this.#next(failure);
      throw new NoAnswerError('no session', failure);
    }
  }

  #takeId() {
    this.#id = randomUUID();
    this.#asked = this.#id;
    this.#given = this.#id;
  }

  /** How long an attempt to open another session may take. */
  get #openTime() {
    return this.#servers.areSeveral ? Math.max(1000, this.#wanted / 3) : OPEN_TIME;
  }

  /**
   * Is told by whoever finds that a server has no connection any more, or says that it stops.
   *
   * @param {import('./servers.js').Server} server
   */
  unreachable(server) {
    if (this.#servers.areSeveral && server === this.#servers.now) {
      this.#unfit = server;
      this.#era?.call();
    }
  }

  /**
   * What a failure at a server means to who has asked there.
   *
   * @param {import('./servers.js').Server} server
   * @param {unknown} failure
   */
  met(server, failure) {
    return this.#servers.met(server, failure);
  }

  /**
   * Goes on at the next server.
   *
   * @param {unknown} [failure] at the present one
   * @returns {boolean} true when all were tried and it is time for a pause
   */
  #next(failure) {
    const before = this.#servers.now;
    const round = this.#servers.next(isForGood(failure));
    const era = this.#era;
    if (era?.server === before) {
      this.#left.push(era);
    } else {
      before.control.close();
    }
    // It answers, so the others may have the same trouble: no storm of connections.
    return round || isRefusal(failure, 'NOT_READY');
  }

  /**
   * Leaves the servers before the present one for good when nothing depends on them any more: make before break. Each other
   * order is wrong.
   *
   * 1. The session is open at the present server.
   * 2. Each lease is confirmed there. If the session were closed before: closed at server A | a drain finds the lease counted
   *    neither at A nor at B | DRAINED | its holder still works, until its term of A is over by its own clock.
   * 3. The session at A is closed. No lease that A has granted is taken over after that: what was asked there has ended when
   *    A was left.
   */
  #settle() {
    const era = this.#era;
    if (!era || era.doubted || era.server !== this.#servers.now || !this.#left.length || !this.#leases.areAllOf(era)) {
      return;
    }
    for (const left of this.#left.splice(0)) {
      if (left.given === era.given) {
        // A client that has come back to a server, or has found it at two addresses, has the same session there again.
        left.server.control.close();
      } else {
        // Never asked for again: a close that comes late would end the session of a client that has come back.
        this.#asked = randomUUID();
        this.#endAt(left);
      }
    }
  }

  /**
   * Closes the session at a server that was left. Sent once: if it does not arrive, the session ends with its ttl.
   *
   * @param {Era} left
   */
  #endAt(left) {
    const ending = left.server.control
      .unary(closeSession, { sessionId: left.given }, { timeout: this.#closeTimeout })
      .then(
        () => {},
        () => {},
      )
      .finally(() => {
        left.server.control.close();
        this.#endings.delete(ending);
      });
    this.#endings.add(ending);
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
    const left = this.#left.splice(0);
    if (this.#era) {
      this.#leave(this.#era, 'CLOSED');
    }
    await this.#running;
    for (const one of left) {
      this.#endAt(one);
    }
    await this.#closeHere(timeout);
    await Promise.all(this.#endings);
  }

  /** @param {number} timeout */
  async #closeHere(timeout) {
    try {
      // Without an era, too: the answer to an OpenSession may be on its way.
      await insist(
        (limit) => this.#servers.now.control.unary(closeSession, { sessionId: this.#given }, { timeout: limit }),
        {
          what: 'close the session',
          clock: this.#clock,
          backoff: this.#pauses(),
          timeout,
          stop: new Stop(),
        },
      );
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
   * @param {number} timeout
   * @param {import('./stop.js').Stopping} stop
   */
  async #open(timeout, stop) {
    const id = this.#id;
    const server = this.#servers.now;
    const sending = moment(this.#clock);
    const answer = await server.control.unary(openSession, { sessionId: this.#asked, ...this.#ask }, { timeout, stop });
    this.#servers.reached();
    return new Era(id, answer.sessionId, server, new Term(this.#clock, sending, ttlOf(answer)), this.#clock);
  }

  /** One attempt to open another session, then a pause. */
  async #openAnother() {
    const backoff = this.#pauses();
    const stop = this.#closing;
    // The same id until there is an answer: a lost one must not leave a session behind.
    this.#takeId();
    while (!this.#era && !stop.given) {
      try {
        const era = await this.#open(this.#openTime, stop);
        if (!stop.given) {
          this.#enter(era);
        }
        return;
      } catch (failure) {
        this.#trouble = failure;
        if (!this.#servers.areSeveral || stop.given || !isPassing(failure) || this.#next(failure)) {
          await pause(this.#clock, backoff.next(retryAfter(failure)), stop);
        }
      }
    }
  }

  /** @param {Era} era */
  #enter(era) {
    this.#era = era;
    this.#given = era.given;
    this.#trouble = undefined;
    this.#leases.enter(era);
    this.#settle();
    this.#news.ring();
    void this.#guard(era);
    // A restart of the server ends the connection: the sooner it is asked, the more time there is to continue the leases. And
    // if there are others, the session goes on there.
    if (!this.#followed.has(era.server)) {
      this.#followed.add(era.server);
      era.server.control.onDisconnect(() => {
        this.unreachable(era.server);
        if (!this.#servers.areSeveral) {
          this.#era?.call();
        }
      });
    }
  }

  /**
   * @param {Era} era
   * @param {import('./holding.js').Loss} cause
   */
  #leave(era, cause) {
    if (this.#era === era) {
      this.#era = undefined;
      era.end();
      for (const left of this.#left.splice(0)) {
        left.server.control.close();
      }
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
      if (this.#unfit === era.server) {
        await this.#moveOn(era);
        continue;
      }
      const sending = moment(this.#clock);
      const books = this.#leases.count(era);
      try {
        const limits = { timeout: half(era), stop: era.stop };
        const answer = await era.server.control.unary(keepAlive, { sessionId: era.given }, limits);
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
        this.#settle();
      } catch (failure) {
        if (isRefusal(failure, 'SESSION_NOT_FOUND')) {
          await this.#onNotFound(era, failure);
        } else {
          this.#trouble = failure;
          const wait = backoff.next(retryAfter(failure));
          due = this.#clock.now() + wait;
          // It may be well again soon; but a third of the term is for the next one.
          const expiring = isPassing(failure) && this.#leases.leastLeft(era) - wait <= era.term.ttl / 3;
          if (this.#servers.areSeveral && !era.over && (isUnanswered(failure) || expiring)) {
            await this.#moveOn(era, failure);
          }
        }
      }
    }
  }

  /**
   * Goes on at the next server. From here on no answer of the server that is left extends anything, and nothing is granted
   * before the next one has opened the session. What was promised before stays, by the clock.
   *
   * @param {Era} era
   * @param {unknown} [failure]
   */
  async #moveOn(era, failure) {
    era.doubt();
    this.#next(failure);
    await this.#openAgain(era);
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
        // Where there are several, two of them can be asked in what is left of a term.
        const limit = this.#servers.areSeveral ? Math.min(half(era), Math.max(SHORTEST, era.term.ttl / 6)) : half(era);
        const next = await this.#open(limit, era.stop);
        if (era.over || era.term.over) {
          this.#leave(era, 'EXPIRED');
          return;
        }
        era.end();
        this.#enter(next);
        return;
      } catch (failure) {
        this.#trouble = failure;
        if (!this.#servers.areSeveral || era.over || !isPassing(failure) || this.#next(failure)) {
          await pause(this.#clock, Math.min(backoff.next(retryAfter(failure)), era.term.left), era.stop);
        }
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
