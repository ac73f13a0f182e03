import { fromBinary } from '@bufbuild/protobuf';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import { AnySchema, anyUnpack, durationMs } from '@bufbuild/protobuf/wkt';
import { status } from '@grpc/grpc-js';
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from '../gen/google/rpc/error_details_pb.js';

/** The field `details` of google.rpc.Status. */
const DETAILS = 3;

/**
 * Codes that say nothing about the request when no reason stands beside them: the connection broke, or time ran out.
 * The server may have done what it was asked.
 */
const UNANSWERED = new Set([
  status.CANCELLED,
  status.UNKNOWN,
  status.DEADLINE_EXCEEDED,
  status.INTERNAL,
  status.UNAVAILABLE,
  status.DATA_LOSS,
]);

/** A refusal is the server's "no", with its reason and the facts. */
export class RefusedError extends Error {
  /**
   * @param {string} text
   * @param {object} facts
   * @param {string} facts.reason
   * @param {string} facts.code
   * @param {Record<string, string>} [facts.metadata]
   * @param {number} [facts.retryAfterMs]
   * @param {{ field: string, description: string }[]} [facts.violations]
   */
  constructor(text, { reason, code, metadata = {}, retryAfterMs, violations = [] }) {
    super(text);
    this.name = 'RefusedError';
    /** Why, as in `ErrorReason` of the contract without its prefix: `UNDER_MAINTENANCE`. */
    this.reason = reason;
    /** The gRPC code's name: `FAILED_PRECONDITION`. */
    this.code = code;
    /** The facts, by the keys that the contract tells for each reason. */
    this.metadata = metadata;
    /** When to ask again, in milliseconds; undefined when the server has not said. */
    this.retryAfterMs = retryAfterMs;
    /** What is wrong with the request, one for each fault. */
    this.violations = violations;
  }
}

/**
 * Nobody has answered: not in time, or nobody ever will, because the certificate is not trusted for example. `cause` and the
 * message tell why. What was asked for may have been done all the same.
 */
export class NoAnswerError extends Error {
  /**
   * @param {string} text
   * @param {unknown} [cause] the last failure of an attempt
   */
  constructor(text, cause) {
    super(cause instanceof Error ? `${text}: ${cause.message}` : text, { cause });
    this.name = 'NoAnswerError';
  }
}

/**
 * What a failed call means: a refusal when the server gave its reason, else the failure itself.
 *
 * @param {import('@grpc/grpc-js').ServiceError} failure
 * @returns {Error}
 */
export function meaning(failure) {
  const details = failure.metadata?.get('grpc-status-details-bin')[0];
  const parts = details instanceof Uint8Array ? detailsIn(details) : [];
  const info = unpacked(parts, ErrorInfoSchema);
  if (info?.domain !== 'datastored') {
    return failure;
  }
  const delay = unpacked(parts, RetryInfoSchema)?.retryDelay;
  return new RefusedError(failure.details, {
    reason: info.reason,
    code: status[failure.code],
    metadata: { ...info.metadata },
    retryAfterMs: delay && durationMs(delay),
    violations: unpacked(parts, BadRequestSchema)?.fieldViolations.map(({ field, description }) => ({
      field,
      description,
    })),
  });
}

/**
 * Whether nobody has decided anything: the same may be asked again.
 *
 * @param {unknown} failure
 */
export function isUnanswered(failure) {
  return (
    failure instanceof NoAnswerError ||
    (!(failure instanceof RefusedError) && UNANSWERED.has(/** @type {any} */ (failure)?.code))
  );
}

/**
 * Whether the same request may succeed a little later. That is so, too, for a client whose credentials were accepted once and
 * are not any more: the next attempt, or the next connection, may have fresh ones.
 *
 * @param {unknown} failure
 */
export function isPassing(failure) {
  return isUnanswered(failure) || isRefusal(failure, 'NOT_READY') || isUnauthenticated(failure);
}

/**
 * Whether the server does not accept the client's credentials.
 *
 * @param {unknown} failure
 */
export function isUnauthenticated(failure) {
  const { code } = /** @type {any} */ (failure ?? {});
  return code === status.UNAUTHENTICATED || code === 'UNAUTHENTICATED';
}

/**
 * The words of Node and OpenSSL for a connection that will not be made by trying again: a certificate that one side does not
 * trust, or another protocol. gRPC hands on nothing but words.
 */
const DISTRUST =
  /certificate|self.signed|unable to get (local )?issuer|SSL routines|ERR_TLS|ERR_SSL|ERR_SOCKET_BAD_PORT/i;

/** The words of gRPC for a name that there is not. */
const NO_NAME = /Name resolution failed|Failed to parse|No addresses resolved/;

/**
 * Whether no connection can be made, because one side does not trust the other.
 *
 * @param {unknown} failure
 */
export function isDistrust(failure) {
  return isUnconnected(failure, DISTRUST);
}

/**
 * Whether the server's name is not known. For a client that was never connected that is a mistake; later, a name server that
 * is away.
 *
 * @param {unknown} failure
 */
export function isNameless(failure) {
  return isUnconnected(failure, NO_NAME);
}

/**
 * @param {unknown} failure
 * @param {RegExp} words
 */
function isUnconnected(failure, words) {
  const { code, details } = /** @type {any} */ (failure ?? {});
  return !(failure instanceof RefusedError) && code === status.UNAVAILABLE && words.test(details ?? '');
}

/**
 * @param {unknown} failure
 * @param {string} reason
 * @returns {failure is RefusedError}
 */
export function isRefusal(failure, reason) {
  return failure instanceof RefusedError && failure.reason === reason;
}

/**
 * @param {unknown} failure
 * @returns {number | undefined}
 */
export function retryAfter(failure) {
  return failure instanceof RefusedError ? failure.retryAfterMs : undefined;
}

/**
 * The details of an encoded google.rpc.Status; none when it is not one.
 *
 * @param {Uint8Array} encoded
 */
function detailsIn(encoded) {
  const details = [];
  try {
    const reader = new BinaryReader(encoded);
    while (reader.pos < reader.len) {
      const [field, type] = reader.tag();
      if (field === DETAILS) {
        details.push(fromBinary(AnySchema, reader.bytes()));
      } else {
        reader.skip(type, field);
      }
    }
  } catch {
    return [];
  }
  return details;
}

/**
 * @template {import('@bufbuild/protobuf').DescMessage} D
 * @param {import('@bufbuild/protobuf/wkt').Any[]} parts
 * @param {D} schema
 * @returns {import('@bufbuild/protobuf').MessageShape<D> | undefined}
 */
function unpacked(parts, schema) {
  for (const part of parts) {
    const found = anyUnpack(part, schema);
    if (found) {
      return found;
    }
  }
  return undefined;
}
