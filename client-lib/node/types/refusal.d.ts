/** A refusal is the server's "no", with its reason and the facts. */
export declare class RefusedError extends Error {
    /** Why, as in `ErrorReason` of the contract without its prefix: `UNDER_MAINTENANCE`. */
    reason: string;
    /** The gRPC code's name: `FAILED_PRECONDITION`. */
    code: string;
    /** The facts, by the keys that the contract tells for each reason. */
    metadata: Record<string, string>;
    /** When to ask again, in milliseconds; undefined when the server has not said. */
    retryAfterMs: number | undefined;
    /** What is wrong with the request, one for each fault. */
    violations: {
        field: string;
        description: string;
    }[];
    /**
     * @param {string} text
     * @param {object} facts
     * @param {string} facts.reason
     * @param {string} facts.code
     * @param {Record<string, string>} [facts.metadata]
     * @param {number} [facts.retryAfterMs]
     * @param {{ field: string, description: string }[]} [facts.violations]
     */
    constructor(text: string, { reason, code, metadata, retryAfterMs, violations }: {
        reason: string;
        code: string;
        metadata?: Record<string, string>;
        retryAfterMs?: number;
        violations?: {
            field: string;
            description: string;
        }[];
    });
}
/**
 * Nobody has answered: not in time, or nobody ever will, because the certificate is not trusted for example. `cause` and the
 * message tell why. What was asked for may have been done all the same.
 */
export declare class NoAnswerError extends Error {
    /**
     * @param {string} text
     * @param {unknown} [cause] the last failure of an attempt
     */
    constructor(text: string, cause?: unknown);
}
/**
 * What a failed call means: a refusal when the server gave its reason, else the failure itself.
 *
 * @param {import('@grpc/grpc-js').ServiceError} failure
 * @returns {Error}
 */
export declare function meaning(failure: import('@grpc/grpc-js').ServiceError): Error;
/**
 * Whether nobody has decided anything: the same may be asked again.
 *
 * @param {unknown} failure
 */
export declare function isUnanswered(failure: unknown): boolean;
/**
 * Whether the same request may succeed a little later. That is so, too, for a client whose credentials were accepted once and
 * are not any more: the next attempt, or the next connection, may have fresh ones.
 *
 * @param {unknown} failure
 */
export declare function isPassing(failure: unknown): boolean;
/**
 * Whether the server does not accept the client's credentials.
 *
 * @param {unknown} failure
 */
export declare function isUnauthenticated(failure: unknown): boolean;
/**
 * Whether no connection can be made, because one side does not trust the other.
 *
 * @param {unknown} failure
 */
export declare function isDistrust(failure: unknown): boolean;
/**
 * Whether the server's name is not known. For a client that was never connected that is a mistake; later, a name server that
 * is away.
 *
 * @param {unknown} failure
 */
export declare function isNameless(failure: unknown): boolean;
/**
 * @param {unknown} failure
 * @param {string} reason
 * @returns {failure is RefusedError}
 */
export declare function isRefusal(failure: unknown, reason: string): failure is RefusedError;
/**
 * @param {unknown} failure
 * @returns {number | undefined}
 */
export declare function retryAfter(failure: unknown): number | undefined;
