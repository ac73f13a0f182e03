/**
 * The measure and the record of long runs, and the processes that they kill. Tests of every module
 * that carry the tag {@code soak} use it. A count is scaled and a seed is told, so that every run
 * ends by itself and can be repeated.
 */
package io.datastored.soak;
