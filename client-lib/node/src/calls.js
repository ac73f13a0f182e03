import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { Client, connectivityState, Metadata, status } from '@grpc/grpc-js';
import { meaning, NoAnswerError } from './refusal.js';

/**
 * @template {import('@bufbuild/protobuf').DescMessage} I
 * @template {import('@bufbuild/protobuf').DescMessage} O
 * @typedef {import('@bufbuild/protobuf').DescMethod & { methodKind: 'unary', input: I, output: O }} UnaryMethod
 */

/**
 * @template {import('@bufbuild/protobuf').DescMessage} I
 * @template {import('@bufbuild/protobuf').DescMessage} O
 * @typedef {import('@bufbuild/protobuf').DescMethod & { methodKind: 'server_streaming', input: I, output: O }} StreamMethod
 */

/**
 * So many calls are in flight at a time on one channel; the others wait here, where they cost nothing. To begin thousands in
 * one go holds up the event loop, and no server takes more streams than that on one connection.
 */
const MOST_IN_FLIGHT = 400;

const { READY } = connectivityState;

/** Calls are the requests in flight on one channel, and those that wait for their turn. */
export class Calls {
  #client;
  #clock;
  /** @type {Set<() => void>} */
  #cancels = new Set();
  /** @type {Set<() => void>} */
  #waiting = new Set();
  /** How each of those that wait is given up. @type {WeakMap<() => void, () => void>} */
  #ends = new WeakMap();
  #inFlight = 0;
  #closed = false;

  /**
   * @param {string} target
   * @param {object} wiring
   * @param {import('./clock.js').Clock} wiring.clock
   * @param {import('@grpc/grpc-js').ChannelCredentials} wiring.credentials
   * @param {import('@grpc/grpc-js').ChannelOptions} wiring.options
   */
  constructor(target, { clock, credentials, options }) {
    this.#clock = clock;
    this.#client = new Client(target, credentials, options);
  }

  /**
   * One attempt.
   *
   * @template {import('@bufbuild/protobuf').DescMessage} I
   * @template {import('@bufbuild/protobuf').DescMessage} O
   * @param {UnaryMethod<I, O>} method
   * @param {import('@bufbuild/protobuf').MessageInitShape<I>} request
   * @param {{ timeout: number, stop?: import('./stop.js').Stopping }} limits milliseconds
   * @returns {Promise<import('@bufbuild/protobuf').MessageShape<O>>} fails with what `meaning` makes of the failure, or
   *     with the reason of the stop
   */
  unary(method, request, { timeout, stop }) {
    return new Promise((resolve, reject) => {
      stop?.throwIfGiven();
      if (this.#closed) {
        throw new NoAnswerError('the client is closed');
      }
      // Encoded here: what cannot be sent is the caller's mistake, and no failure of the connection.
      const encoded = Buffer.from(toBinary(method.input, create(method.input, request)));
      const end = this.#clock.now() + timeout;
      /** @type {import('@grpc/grpc-js').ClientUnaryCall | undefined} */
      let call;
      let late = false;
      const cancel = () => {
        if (call) {
          call.cancel(); // its callback ends it
        } else {
          finish(GIVEN_UP);
        }
      };
      /**
       * @param {import('@grpc/grpc-js').ServiceError | null} failure
       * @param {any} [answer]
       */
      const finish = (failure, answer) => {
        callOff();
        unlisten?.();
        this.#cancels.delete(cancel);
        this.#waiting.delete(begin);
        if (!failure) {
          resolve(answer);
        } else if (stop?.given) {
          reject(stop.reason);
        } else if (late || failure.code === status.DEADLINE_EXCEEDED) {
          reject(new NoAnswerError(`${path(method)}: no answer within ${Math.round(timeout)} ms${this.#state()}`));
        } else {
          reject(meaning(failure));
        }
      };
      const begin = () => {
        this.#inFlight++;
        call = this.#client.makeUnaryRequest(
          path(method),
          (/** @type {Buffer} */ bytes) => bytes,
          decoder(method.output),
          encoded,
          new Metadata(),
          // The library's deadline is a time of the wall clock: it tells the server how long somebody waits, and that is all
          // that is asked of it. The timer is the one that counts, but the deadline may come a moment before it.
          { deadline: Date.now() + (end - this.#clock.now()) },
          (failure, answer) => {
            this.#inFlight--;
            finish(failure, answer);
            this.#beginNext();
          },
        );
      };
      const callOff = this.#clock.wake(timeout, () => {
        late = true;
        cancel();
      });
      const unlisten = stop?.listen(cancel);
      this.#cancels.add(cancel);
      if (this.#inFlight < MOST_IN_FLIGHT) {
        begin();
      } else {
        this.#waiting.add(begin);
        this.#ends.set(begin, cancel);
      }
    });
  }

  #beginNext() {
    for (const begin of this.#waiting) {
      if (this.#inFlight >= MOST_IN_FLIGHT) {
        return;
      }
      this.#waiting.delete(begin);
      begin();
    }
  }

  /** What there is to say of the connection, for who was not answered. */
  #state() {
    const state = this.#client.getChannel().getConnectivityState(false);
    return state === READY ? '' : `, not connected (${connectivityState[state]})`;
  }

  /** Whether nothing is in flight. */
  get idle() {
    return this.#cancels.size === 0;
  }

  /** Whether there is a connection now. */
  get connected() {
    return !this.#closed && this.#client.getChannel().getConnectivityState(false) === READY;
  }

  /**
   * Calls each time that a connection is lost.
   *
   * @param {() => void} lost
   */
  onDisconnect(lost) {
    const channel = this.#client.getChannel();
    let before = channel.getConnectivityState(false);
    const look = () => {
      if (this.#closed) {
        return;
      }
      const now = channel.getConnectivityState(false);
      if (before === READY && now !== READY) {
        lost();
      }
      before = now;
      channel.watchConnectivityState(now, Number.POSITIVE_INFINITY, look);
    };
    look();
  }

  /**
   * Opens a stream. Its errors are as gRPC tells them.
   *
   * @template {import('@bufbuild/protobuf').DescMessage} I
   * @template {import('@bufbuild/protobuf').DescMessage} O
   * @param {StreamMethod<I, O>} method
   * @param {import('@bufbuild/protobuf').MessageInitShape<I>} request
   */
  stream(method, request) {
    const call = this.#client.makeServerStreamRequest(
      path(method),
      encoder(method.input),
      decoder(method.output),
      create(method.input, request),
      new Metadata(),
    );
    const cancel = () => call.cancel();
    this.#cancels.add(cancel);
    call.on('status', () => this.#cancels.delete(cancel));
    // Who has stopped reading does not care how it ended.
    call.on('error', () => {});
    return call;
  }

  /** Begins nothing any more, and leaves no socket when what is in flight has ended. */
  finish() {
    this.#closed = true;
    for (const begin of this.#waiting) {
      this.#ends.get(begin)?.();
    }
    this.#client.close();
  }

  /** Cancels what is in flight and leaves no socket. */
  close() {
    this.#closed = true;
    for (const cancel of this.#cancels) {
      cancel();
    }
    this.#client.close();
  }
}

/** How a call ends that was given up before it was sent. */
const GIVEN_UP = Object.assign(new Error('given up'), {
  code: status.CANCELLED,
  details: 'given up before it was sent',
  metadata: new Metadata(),
});

/** @param {import('@bufbuild/protobuf').DescMethod} method */
function path(method) {
  return `/${method.parent.typeName}/${method.name}`;
}

/** @param {import('@bufbuild/protobuf').DescMessage} schema */
function encoder(schema) {
  return (/** @type {import('@bufbuild/protobuf').Message} */ message) => Buffer.from(toBinary(schema, message));
}

/** @param {import('@bufbuild/protobuf').DescMessage} schema */
function decoder(schema) {
  return (/** @type {Buffer} */ encoded) => fromBinary(schema, encoded);
}
