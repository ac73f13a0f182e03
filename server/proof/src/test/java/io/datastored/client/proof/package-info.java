/**
 * Proofs of what the client promises: real clients and a real server whose connections are cut and
 * whose processes are stopped and killed write down what they saw, and checkers look for what must
 * not be in those histories. Nobody calls it. What is judged by a validator of its own is shown to
 * break each of its rules.
 */
package io.datastored.client.proof;
