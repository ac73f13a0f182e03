/**
 * Proofs of what datastored promises as a whole: workers in processes of their own use datastores
 * and write down what they saw, and checkers look for what must not be in those histories. Nobody
 * calls it. What a history says comes from those who were promised something, never from the
 * server.
 */
package io.datastored.proof;
