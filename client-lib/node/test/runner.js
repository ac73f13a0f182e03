// The runner of client-lib/conformance: one JSON request per line on stdin, one JSON answer per line on stdout.
import { createInterface } from 'node:readline';
import { Client, RefusedError } from '../src/index.js';

/** @typedef {import('../src/index.js').Frame} Frame */

/** A tape takes up the frames of a watch as they come, so that they are applied whether or not somebody asks. */
class Tape {
  /** @type {Frame[]} */
  #frames = [];
  /** @type {unknown} */
  #failure;
  #wake = () => {};
  #played = 0;

  /** @param {import('../src/index.js').Watch} watch */
  constructor(watch) {
    this.#record(watch).catch((failure) => {
      this.#failure = failure;
      this.#wake();
    });
  }

  /** @param {AsyncIterable<Frame>} watch */
  async #record(watch) {
    for await (const frame of watch) {
      this.#frames.push(frame);
      this.#wake();
    }
    throw new Error('the watch has ended');
  }

  /** @param {number} timeout */
  async first(timeout) {
    await this.#until(() => this.#frames.length > 0, timeout);
    return this.#frames[0];
  }

  /** @param {{ timeout: number, bookmarks: boolean }} which */
  async next({ timeout, bookmarks }) {
    const wanted = () => {
      while (!bookmarks && this.#frames[this.#played]?.kind === 'bookmark') {
        this.#played++;
      }
      return this.#played < this.#frames.length;
    };
    await this.#until(wanted, timeout);
    return this.#frames[this.#played++];
  }

  /**
   * @param {() => boolean} condition
   * @param {number} timeout
   */
  async #until(condition, timeout) {
    const end = performance.now() + timeout;
    while (!condition()) {
      if (this.#failure) {
        throw this.#failure;
      }
      const left = end - performance.now();
      if (left <= 0) {
        throw new Error(`no such frame within ${timeout} ms`);
      }
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve(undefined);
        };
      });
    }
  }
}

/** @type {Client | undefined} */
let client;
/** @type {Map<string, import('../src/index.js').Lease>} */
const leases = new Map();
/** @type {Map<string, import('../src/index.js').Lease[]>} */
const many = new Map();
/** @type {Map<string, Tape>} */
const tapes = new Map();

/**
 * @template T
 * @param {T | undefined} thing
 * @param {string} name
 * @returns {T}
 */
function known(thing, name) {
  if (thing === undefined) {
    throw new Error(`there is no ${name}`);
  }
  return thing;
}

/** @param {import('../src/index.js').Datastore} datastore */
function shown({ name, etag, generation, mode, message, settings }) {
  return { name, etag, generation, mode, message, path: settings?.path ?? '', comment: settings?.comment ?? '' };
}

/** @param {Frame} frame */
function shownFrame(frame) {
  const { kind, revision } = frame;
  switch (frame.kind) {
    case 'snapshot':
      return { kind, revision, reason: frame.reason, changed: frame.datastores.map(shown), removed: [] };
    case 'change':
      return {
        kind,
        revision,
        changed: frame.changed.map(shown),
        removed: frame.removed,
        generations: frame.generations,
      };
    case 'bookmark':
      return { kind, revision, changed: frame.removable.map(shown), removed: [] };
  }
}

/**
 * @template T
 * @param {Promise<T>} promise
 * @param {number} ms
 * @returns {Promise<T>}
 */
function within(promise, ms) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`nothing within ${ms} ms`)), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

const PATIENCE = 10_000;

/** @type {Record<string, (request: any) => Promise<object>>} */
const verbs = {
  async connect({ target, client: name, ttl_ms: ttlMs, timeout_ms: timeoutMs = PATIENCE }) {
    await verbs.close({});
    leases.clear();
    many.clear();
    tapes.clear();
    client = await Client.connect(target, { client: name, ttlMs, timeoutMs });
    return { session_id: client.sessionId, ttl_ms: client.ttlMs };
  },

  async lookup({ datastore, at_least: atLeast, timeout_ms: timeoutMs = PATIENCE }) {
    const answer = await known(client, 'client').lookup(datastore, { atLeast, timeoutMs });
    return { datastore: shown(answer.datastore), revision: answer.revision };
  },

  async hold({ as, datastore, operation, purpose, timeout_ms: timeoutMs = PATIENCE, give_up_after_ms: patience }) {
    const signal = patience === undefined ? undefined : AbortSignal.timeout(patience);
    const holding = known(client, 'client').hold(datastore, operation, { purpose, timeoutMs, signal });
    const lease = await holding.catch((failure) => {
      if (failure !== signal?.reason) throw failure;
    });
    if (!lease) {
      return { gave_up: true };
    }
    leases.set(as, lease);
    return {
      lease_id: lease.id,
      fencing_token: lease.fencingToken,
      datastore: shown(lease.datastore),
      revision: lease.revision,
    };
  },

  async release({ as }) {
    await within(known(leases.get(as), as).release(), PATIENCE);
    return {};
  },

  async lease({ as }) {
    const { alive, fencingToken } = known(leases.get(as), as);
    return { alive, fencing_token: fencingToken };
  },

  async await_lost({ as, timeout_ms: timeout = PATIENCE }) {
    return { cause: await within(known(leases.get(as), as).lost, timeout) };
  },

  async watch({ as, timeout_ms: timeout = PATIENCE }) {
    const tape = new Tape(known(client, 'client').watch({ bookmarks: true }));
    tapes.set(as, tape);
    return { revision: (await tape.first(timeout)).revision };
  },

  async next({ as, timeout_ms: timeout = PATIENCE, bookmarks = false }) {
    return shownFrame(await known(tapes.get(as), as).next({ timeout, bookmarks }));
  },

  async load({ datastore, count, rate, call_timeout_ms: timeoutMs }) {
    const asked = known(client, 'client');
    let answered = 0;
    /** @type {string[]} */
    const failures = [];
    /** @type {Promise<void>[]} */
    const calls = [];
    const began = performance.now();
    while (calls.length < count) {
      const due = rate ? Math.min(count, Math.ceil(((performance.now() - began) / 1000) * rate)) : count;
      while (calls.length < due) {
        const told = asked.lookup(datastore, { timeoutMs }).then(
          () => void answered++,
          (failure) => void failures.push(String(failure)),
        );
        calls.push(told);
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await Promise.all(calls);
    return { answered, failed: failures.length, failure: failures[0] ?? '' };
  },

  async hold_many({ as, prefix, count, operation, purpose, timeout_ms: timeoutMs }) {
    const asked = known(client, 'client');
    /** @type {import('../src/index.js').Lease[]} */
    const held = [];
    many.set(as, held);
    let next = 0;
    const hold = async () => {
      while (next < count) {
        held.push(await asked.hold(`${prefix}${next++}`, operation, { purpose, timeoutMs }));
      }
    };
    await Promise.all(Array.from({ length: 64 }, hold));
    return { held: held.length };
  },

  async count_alive({ as }) {
    return { alive: known(many.get(as), as).filter(({ alive }) => alive).length };
  },

  async close() {
    await client?.close();
    client = undefined;
    return {};
  },
};

/** @type {unknown[]} */
const executed = [];

/** @param {object} answer */
function say(answer) {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

/** @param {unknown} id */
async function leave(id) {
  await client?.close();
  say({ id, ok: { executed } });
}

// A lease that is lost while nobody waits for it, or a watch that ends with its client, is no failure of the runner.
for await (const line of createInterface({ input: process.stdin })) {
  const { id, do: verb, ...request } = JSON.parse(line);
  if (verb === 'bye') {
    await leave(id);
    process.stdin.destroy();
    break;
  }
  executed.push(id);
  try {
    say({ id, ok: await known(verbs[verb], `verb ${verb}`)(request) });
  } catch (failure) {
    if (failure instanceof RefusedError) {
      const { reason, code, metadata } = failure;
      say({ id, refused: { reason, code, metadata } });
    } else {
      say({ id, error: String(failure) });
    }
  }
}
await client?.close();
