/**
 * Checkers look for what no history may contain. Each holds one rule; all are shown histories that
 * keep and that break it. They judge what processes saw, never what a server says it did, and give
 * no alarm for what is merely unknown: an operation without an answer may have happened or not.
 */
package io.datastored.proof.checker;
