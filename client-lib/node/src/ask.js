import { randomUUID } from 'node:crypto';
import { DatastoreService } from '../gen/datastored/v1/datastore_service_pb.js';
import { Holding } from './holding.js';
import { isPassing, isRefusal, isUnanswered, NoAnswerError } from './refusal.js';
import { either } from './stop.js';
import { datastoreOf, revisionOf, sentOperation, sentRevision } from './values.js';

const { lookup } = DatastoreService.method;

/**
 * An ask is one request for a lease, in as many attempts as it takes. All go under one lease id, so a lost answer counts
 * once; another id is taken when the session is another one, or the server has ended the lease of that id.
 */
export class Ask {
  #session;
  #leases;
  #stop;
  #what;
  #id = '';
  #sessionId = '';
  /** Whether the server may count the lease although nobody has it. */
  #sent = false;

  /**
   * @param {object} wiring
   * @param {import('./session.js').Session} wiring.session
   * @param {import('./leases.js').Leases} wiring.leases
   * @param {import('./stop.js').Stopping} wiring.stop
   * @param {object} what
   * @param {string} what.name of the datastore
   * @param {import('./values.js').LeasedOperation} what.operation
   * @param {string} what.purpose
   * @param {import('./values.js').Revision} [what.atLeast]
   */
  constructor({ session, leases, stop }, what) {
    this.#session = session;
    this.#leases = leases;
    this.#stop = stop;
    this.#what = what;
  }

  /**
   * @param {number} limit milliseconds
   * @returns {Promise<Holding>}
   */
  async attempt(limit) {
    const era = await this.#session.ready(limit, this.#stop);
    if (this.#sessionId !== era.id) {
      this.#takeId(era.id);
    }
    const askedAt = this.#session.now();
    try {
      const { name, operation, purpose, atLeast } = this.#what;
      // A lease is granted under the session of the server that is asked. If the client leaves it, the next is asked.
      const answer = await era.server.calls.unary(
        lookup,
        {
          datastore: name,
          operation: sentOperation(operation),
          sessionId: era.given,
          leaseId: this.#id,
          atLeast: sentRevision(atLeast),
          purpose,
        },
        { timeout: limit, stop: either(this.#stop, era.server.left) },
      );
      this.#sent = true;
      return this.#granted(era, askedAt, answer);
    } catch (failure) {
      this.#sent ||= this.#stop.given || isUnanswered(failure);
      if (isRefusal(failure, 'SESSION_NOT_FOUND')) {
        era.doubt();
      } else if (isRefusal(failure, 'LEASE_ENDED')) {
        // Of an attempt whose answer was lost. It is refused under this id until it has been released.
        this.#sent = true;
        this.#takeId(era.id);
      }
      throw this.#session.met(era.server, failure);
    }
  }

  /**
   * Whether another attempt makes sense.
   *
   * @param {unknown} failure
   */
  static isPassing(failure) {
    return isPassing(failure) || isRefusal(failure, 'SESSION_NOT_FOUND') || isRefusal(failure, 'LEASE_ENDED');
  }

  /** There will be no other attempt. */
  giveUp() {
    if (this.#id) {
      if (this.#sent) {
        this.#leases.abandon(this.#id, this.#sessionId);
      } else {
        this.#leases.forget(this.#id);
      }
    }
  }

  /** @param {string} sessionId */
  #takeId(sessionId) {
    this.giveUp();
    this.#id = randomUUID();
    this.#sessionId = sessionId;
    this.#sent = false;
    this.#leases.ask(this.#id);
  }

  /**
   * @param {import('./era.js').Era} era
   * @param {number} askedAt
   * @param {import('../gen/datastored/v1/datastore_service_pb.js').LookupResponse} answer
   */
  #granted(era, askedAt, { lease, datastore, revision }) {
    if (lease?.leaseId !== this.#id || !datastore || !revision) {
      throw new Error('the server has answered with something that is not this lease');
    }
    const { name, operation, purpose } = this.#what;
    const holding = new Holding({
      id: this.#id,
      name,
      operation,
      purpose,
      token: lease.fencingToken,
      continuation: lease.continuation,
      datastore: datastoreOf(datastore),
      revision: revisionOf(revision),
      askedAt,
      era,
    });
    if (!this.#leases.take(holding)) {
      throw new NoAnswerError('the session ended while the lease was on its way');
    }
    return holding;
  }
}
