export type UnaryMethod<I extends import('@bufbuild/protobuf').DescMessage, O extends import('@bufbuild/protobuf').DescMessage> = import('@bufbuild/protobuf').DescMethod & {
    methodKind: 'unary';
    input: I;
    output: O;
};
export type StreamMethod<I extends import('@bufbuild/protobuf').DescMessage, O extends import('@bufbuild/protobuf').DescMessage> = import('@bufbuild/protobuf').DescMethod & {
    methodKind: 'server_streaming';
    input: I;
    output: O;
};
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
export declare class Calls {
    #private;
    /**
     * @param {string} target
     * @param {object} wiring
     * @param {import('./clock.js').Clock} wiring.clock
     * @param {import('@grpc/grpc-js').ChannelCredentials} wiring.credentials
     * @param {import('@grpc/grpc-js').ChannelOptions} wiring.options
     */
    constructor(target: string, { clock, credentials, options }: {
        clock: import('./clock.js').Clock;
        credentials: import('@grpc/grpc-js').ChannelCredentials;
        options: import('@grpc/grpc-js').ChannelOptions;
    });
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
    unary<I extends import('@bufbuild/protobuf').DescMessage, O extends import('@bufbuild/protobuf').DescMessage>(method: UnaryMethod<I, O>, request: import('@bufbuild/protobuf').MessageInitShape<I>, { timeout, signal }: {
        timeout: number;
        signal?: AbortSignal;
    }): Promise<import('@bufbuild/protobuf').MessageShape<O>>;
    /**
     * Opens a stream. Its errors are as gRPC tells them.
     *
     * @template {import('@bufbuild/protobuf').DescMessage} I
     * @template {import('@bufbuild/protobuf').DescMessage} O
     * @param {StreamMethod<I, O>} method
     * @param {import('@bufbuild/protobuf').MessageInitShape<I>} request
     */
    stream<I extends import('@bufbuild/protobuf').DescMessage, O extends import('@bufbuild/protobuf').DescMessage>(method: StreamMethod<I, O>, request: import('@bufbuild/protobuf').MessageInitShape<I>): import("@grpc/grpc-js").ClientReadableStream<import("@bufbuild/protobuf").Message<string>>;
    /** Cancels what is in flight and leaves no socket. */
    close(): void;
}
