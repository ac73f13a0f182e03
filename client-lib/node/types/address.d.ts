export type Tls = {
    /**
     * whom to trust; default: the authorities that Node trusts
     */
    ca?: string | Buffer;
    /**
     * this client's certificate chain, when the server asks for one
     */
    cert?: string | Buffer;
    /**
     * its private key
     */
    key?: string | Buffer;
    /**
     * the name in the server's certificate, when it is not that of the target
     */
    serverName?: string;
};
export type CallCredentials = (call: {
    service_url: string;
}) => Promise<Record<string, string>> | Record<string, string>;
/**
 * What a channel to a target is made with.
 *
 * @param {string} target
 * @param {{ tls?: Tls | boolean, callCredentials?: CallCredentials, insecure?: boolean }} options
 * @returns {{ credentials: import('@grpc/grpc-js').ChannelCredentials, options: import('@grpc/grpc-js').ChannelOptions }}
 */
export declare function security(target: string, { tls, callCredentials, insecure }: {
    tls?: Tls | boolean;
    callCredentials?: CallCredentials;
    insecure?: boolean;
}): {
    credentials: import('@grpc/grpc-js').ChannelCredentials;
    options: import('@grpc/grpc-js').ChannelOptions;
};
