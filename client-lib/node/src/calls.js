import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { Client, Metadata } from '@grpc/grpc-js';
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

/** Calls are the requests in flight on one channel. */
export class Calls {
  #client;
  #clock;
  /** @type {Set<() => void>} */
  #cancels = new Set();
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
   * @param {{ timeout: number, signal?: AbortSignal }} limits milliseconds
   * @returns {Promise<import('@bufbuild/protobuf').MessageShape<O>>} fails with what `meaning` makes of the failure, or
   *     with the signal's reason
   */
  unary(method, request, { timeout, signal }) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      if (this.#closed) {
        reject(new NoAnswerError('the client is closed'));
        return;
      }
      const cancel = () => call.cancel();
      let late = false;
      // The library's deadline is a time of the wall clock: it tells the server how long somebody waits, and that is all
      // that is asked of it. The timer is the one that counts.
      const callOff = this.#clock.wake(timeout, () => {
        late = true;
        cancel();
      });
      signal?.addEventListener('abort', cancel);
      this.#cancels.add(cancel);
      const call = this.#client.makeUnaryRequest(
        path(method),
        encoder(method.input),
        decoder(method.output),
        create(method.input, request),
        new Metadata(),
        { deadline: Date.now() + timeout },
        (failure, answer) => {
          callOff();
          signal?.removeEventListener('abort', cancel);
          this.#cancels.delete(cancel);
          if (!failure) {
            resolve(/** @type {any} */ (answer));
          } else if (signal?.aborted) {
            reject(signal.reason);
          } else if (late) {
            reject(new NoAnswerError(`${path(method)}: no answer within ${Math.round(timeout)} ms`));
          } else {
            reject(meaning(failure));
          }
        },
      );
    });
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

  /** Cancels what is in flight and leaves no socket. */
  close() {
    this.#closed = true;
    for (const cancel of this.#cancels) {
      cancel();
    }
    this.#client.close();
  }
}

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
