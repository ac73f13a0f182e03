/**
 * The measure and the record of long runs, the processes that they kill, and how patient every test
 * is. Tests of every module that carry the tag {@code soak} use it. A count is scaled and a seed is
 * told, so that every run ends by itself and can be repeated.
 */
package io.datastored.soak;
