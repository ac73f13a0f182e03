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
/** Calls are the requests in flight on one channel, and those that wait for their turn. */
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
     * @param {{ timeout: number, stop?: import('./stop.js').Stopping }} limits milliseconds
     * @returns {Promise<import('@bufbuild/protobuf').MessageShape<O>>} fails with what `meaning` makes of the failure, or
     *     with the reason of the stop
     */
    unary<I extends import('@bufbuild/protobuf').DescMessage, O extends import('@bufbuild/protobuf').DescMessage>(method: UnaryMethod<I, O>, request: import('@bufbuild/protobuf').MessageInitShape<I>, { timeout, stop }: {
        timeout: number;
        stop?: import('./stop.js').Stopping;
    }): Promise<import('@bufbuild/protobuf').MessageShape<O>>;
    /** Whether nothing is in flight. */
    get idle(): boolean;
    /** Whether there is a connection now. */
    get connected(): boolean;
    /**
     * Calls each time that a connection is lost.
     *
     * @param {() => void} lost
     */
    onDisconnect(lost: () => void): void;
    /**
     * Opens a stream. Its errors are as gRPC tells them.
     *
     * @template {import('@bufbuild/protobuf').DescMessage} I
     * @template {import('@bufbuild/protobuf').DescMessage} O
     * @param {StreamMethod<I, O>} method
     * @param {import('@bufbuild/protobuf').MessageInitShape<I>} request
     */
    stream<I extends import('@bufbuild/protobuf').DescMessage, O extends import('@bufbuild/protobuf').DescMessage>(method: StreamMethod<I, O>, request: import('@bufbuild/protobuf').MessageInitShape<I>): import("@grpc/grpc-js").ClientReadableStream<import("@bufbuild/protobuf").Message<string>>;
    /** Begins nothing any more, and leaves no socket when what is in flight has ended. */
    finish(): void;
    /** Cancels what is in flight and leaves no socket. */
    close(): void;
}
