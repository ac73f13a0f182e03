import { credentials, Metadata } from '@grpc/grpc-js';

/**
 * How to trust a server and be trusted: PEM texts. `true` trusts the authorities that Node does.
 *
 * @typedef {object} Tls
 * @property {string | Buffer} [ca] whom to trust; default: the authorities that Node trusts
 * @property {string | Buffer} [cert] this client's certificate chain, when the server asks for one
 * @property {string | Buffer} [key] its private key
 * @property {string} [serverName] the name in the server's certificate, when it is not that of the target
 */

/**
 * Credentials of calls, such as a token: the metadata to add to a call. They are asked for again with each attempt, so ones
 * that have run out can be replaced at any time.
 *
 * @typedef {(call: { service_url: string }) => Promise<Record<string, string>> | Record<string, string>} CallCredentials
 */

/** Hosts that no other machine can listen in on. */
const LOCAL = /^(unix(-abstract)?:|((dns|ipv4|ipv6):(\/\/\/)?)?(localhost|127(\.\d+){3}|\[::1\]|::1)(:\d+)?$)/;

/** A number after the last colon of what has no other. */
const PORT = /^[^:]*:(\d*)$/;

/**
 * What a channel to a target is made with.
 *
 * @param {string} target
 * @param {{ tls?: Tls | boolean, callCredentials?: CallCredentials, insecure?: boolean }} options
 * @returns {{ credentials: import('@grpc/grpc-js').ChannelCredentials, options: import('@grpc/grpc-js').ChannelOptions }}
 */
export function security(target, { tls, callCredentials, insecure }) {
  const port = PORT.exec(target)?.[1];
  if (
    typeof target !== 'string' ||
    !/^\S+$/.test(target) ||
    (port !== undefined && !(port > '' && Number(port) < 65_536))
  ) {
    throw new TypeError(`'${target}' is not an address of a server: give HOST:PORT or unix:/PATH`);
  }
  if (tls) {
    const { ca, cert, key, serverName } = tls === true ? /** @type {Tls} */ ({}) : tls;
    const encrypted = credentials.createSsl(bytes(ca), bytes(key), bytes(cert));
    return {
      credentials: callCredentials ? encrypted.compose(perCall(callCredentials)) : encrypted,
      options: serverName ? { 'grpc.ssl_target_name_override': serverName } : {},
    };
  }
  if (callCredentials) {
    throw new TypeError("'callCredentials' need 'tls': in clear text anybody on the way could take them");
  }
  if (!insecure && !LOCAL.test(target)) {
    throw new TypeError(`${target} is beyond this host: give 'tls', or 'insecure: true' to talk in clear text`);
  }
  return { credentials: credentials.createInsecure(), options: {} };
}

/** @param {CallCredentials} given */
function perCall(given) {
  return credentials.createFromMetadataGenerator((call, done) => {
    Promise.resolve(call)
      .then(given)
      .then(
        (added) => {
          const metadata = new Metadata();
          for (const [key, value] of Object.entries(added)) {
            metadata.set(key, value);
          }
          done(null, metadata);
        },
        (failure) => done(failure),
      );
  });
}

/** @param {string | Buffer | undefined} pem */
function bytes(pem) {
  return pem === undefined ? null : Buffer.from(pem);
}
