import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { AnySchema, anyPack, durationFromMs } from '@bufbuild/protobuf/wkt';
import { Metadata, Server, ServerCredentials, status } from '@grpc/grpc-js';
import { DatastoreService } from '../gen/datastored/v1/datastore_service_pb.js';
import { SessionService } from '../gen/datastored/v1/session_service_pb.js';
import { ErrorInfoSchema, RetryInfoSchema } from '../gen/google/rpc/error_details_pb.js';

export const INCARNATION = '0123456789abcdef';

/**
 * A refusal as it travels.
 *
 * @param {string} reason
 * @param {number} code
 * @param {{ metadata?: Record<string, string>, retryAfter?: number, domain?: string }} [facts]
 */
export function refusal(reason, code, { metadata = {}, retryAfter, domain = 'datastored' } = {}) {
  const details = [anyPack(ErrorInfoSchema, create(ErrorInfoSchema, { reason, domain, metadata }))];
  if (retryAfter !== undefined) {
    details.push(anyPack(RetryInfoSchema, create(RetryInfoSchema, { retryDelay: durationFromMs(retryAfter) })));
  }
  const writer = new BinaryWriter().uint32(8).int32(code).uint32(18).string(reason);
  for (const detail of details) {
    writer.uint32(26).bytes(toBinary(AnySchema, detail));
  }
  const trailers = new Metadata();
  trailers.set('grpc-status-details-bin', Buffer.from(writer.finish()));
  return Object.assign(new Error(reason), { code, details: reason, metadata: trailers });
}

/** @param {{ recovering: boolean }} facts */
export function sessionNotFound({ recovering }) {
  return refusal('SESSION_NOT_FOUND', status.NOT_FOUND, { metadata: { recovering: String(recovering) } });
}

/** @param {number} generation */
export function revision(generation) {
  return { incarnation: INCARNATION, generation: BigInt(generation) };
}

/** A fake server answers as it is told, and remembers what it was asked. */
export class FakeServer {
  #server = new Server();
  #nextToken = 100n;
  address = '';
  /** What it grants, in milliseconds. */
  ttl = 1500;
  /** What it puts behind the id of each session. */
  life = '';
  /** What every Lookup of a lease is answered with; '' as from a server too old to make one. */
  continuation = '';
  /** Leases that it counts. @type {Set<string>} */
  leases = new Set();
  /** @type {string[]} */
  endedLeaseIds = [];
  /** @type {{ method: string, request: any, peer?: string }[]} */
  calls = [];
  /** Answers in the place of the usual ones: a message, an error to throw, or 'silence'. @type {Record<string, (request: any) => any>} */
  instead = {};
  /** Refuses the credentials of a call. @type {(metadata: Metadata) => void} */
  check = () => {};
  /** Sends an answer, at once unless told otherwise. @type {(send: () => void) => void} */
  onItsWay = (send) => send();
  /** Watches that are open. @type {any[]} */
  watches = [];
  /** What a watch is told when it opens. @type {(call: any, request: any) => void} */
  onWatch = (call) => call.write({ revision: revision(1), frame: snapshot() });

  /** @param {ServerCredentials} credentials */
  async start(credentials = ServerCredentials.createInsecure()) {
    this.#serve(SessionService);
    this.#serve(DatastoreService);
    await new Promise((resolve, reject) => {
      this.#server.bindAsync('127.0.0.1:0', credentials, (failure, port) => {
        this.address = `127.0.0.1:${port}`;
        failure ? reject(failure) : resolve(port);
      });
    });
    return this;
  }

  stop() {
    this.#server.forceShutdown();
  }

  /** Refuses new connections and asks the others to end (GOAWAY). */
  goAway() {
    this.#server.tryShutdown(() => {});
  }

  /** @param {string} method */
  asked(method) {
    return this.calls.filter((call) => call.method === method).map((call) => call.request);
  }

  /** @type {Record<string, (request: any) => any>} */
  #usual = {
    openSession: ({ sessionId }) => ({
      sessionId: sessionId + this.life,
      ttl: durationFromMs(this.ttl),
      revision: revision(1),
    }),
    keepAlive: () => ({
      ttl: durationFromMs(this.ttl),
      revision: revision(1),
      endedLeaseIds: this.endedLeaseIds,
      leases: BigInt(this.leases.size),
    }),
    closeSession: () => ({ closed: true }),
    listLeases: () => ({ leases: [...this.leases].map((leaseId) => ({ lease: { leaseId } })) }),
    lookup: ({ leaseId, datastore, heldFencingToken, operation }) => {
      if (leaseId) {
        this.leases.add(leaseId);
      }
      return {
        revision: revision(1),
        datastore: { name: datastore, maintenance: { mode: 1 } },
        lease: leaseId
          ? {
              leaseId,
              datastore,
              operation,
              fencingToken: heldFencingToken || this.#nextToken++,
              continuation: this.continuation,
            }
          : undefined,
      };
    },
    release: ({ leaseId }) => {
      this.endedLeaseIds = this.endedLeaseIds.filter((id) => id !== leaseId);
      return { released: this.leases.delete(leaseId) };
    },
  };

  /** @param {import('@bufbuild/protobuf').DescService} service */
  #serve(service) {
    /** @type {any} */
    const definition = {};
    /** @type {any} */
    const handlers = {};
    for (const [name, method] of Object.entries(service.method)) {
      definition[name] = {
        path: `/${service.typeName}/${method.name}`,
        requestStream: false,
        responseStream: method.methodKind === 'server_streaming',
        requestSerialize: (/** @type {any} */ message) => Buffer.from(toBinary(method.input, message)),
        requestDeserialize: (/** @type {Buffer} */ bytes) => fromBinary(method.input, bytes),
        responseSerialize: (/** @type {any} */ init) =>
          Buffer.from(toBinary(method.output, create(method.output, init))),
        responseDeserialize: (/** @type {Buffer} */ bytes) => fromBinary(method.output, bytes),
      };
      handlers[name] = name === 'watchGeneration' ? this.#watch.bind(this) : this.#answer.bind(this, name);
    }
    this.#server.addService(definition, handlers);
  }

  /**
   * @param {string} method
   * @param {any} call
   * @param {(failure: any, answer?: any) => void} reply
   */
  #answer(method, call, reply) {
    this.calls.push({ method, request: call.request, peer: call.getPeer() });
    try {
      this.check(call.metadata);
      const answer = (this.instead[method] ?? this.#usual[method])(call.request) ?? this.#usual[method](call.request);
      if (answer !== 'silence') {
        this.onItsWay(() => reply(null, answer));
      }
    } catch (failure) {
      reply(failure);
    }
  }

  /** @param {any} call */
  #watch(call) {
    this.calls.push({ method: 'watchGeneration', request: call.request });
    this.watches.push(call);
    try {
      this.check(call.metadata);
      this.onWatch(call, call.request);
    } catch (failure) {
      call.emit('error', failure);
    }
  }
}

/** @param {string[]} names */
export function snapshot(...names) {
  return { case: 'snapshot', value: { reason: 1, datastores: names.map((name) => ({ name })) } };
}

/** @param {string[]} names */
export function change(...names) {
  return { case: 'change', value: { changed: names.map((name) => ({ name })), generations: 1n } };
}

/** @param {number} ms */
export function bookmark(ms) {
  return { case: 'bookmark', value: { interval: durationFromMs(ms) } };
}

/**
 * Waits until a condition holds.
 *
 * @template T
 * @param {() => T} condition
 * @returns {Promise<T>}
 */
export async function until(condition) {
  const end = performance.now() + 20_000;
  for (;;) {
    const value = condition();
    if (value) {
      return value;
    }
    if (performance.now() > end) {
      throw new Error(`never: ${condition}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
