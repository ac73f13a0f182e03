/**
 * The measure and the record of long runs. Tests of every module that carry the tag {@code soak}
 * use it. A count is scaled and a seed is told, so that every run ends by itself and can be
 * repeated. And how patient every test is.
 */
package io.datastored.soak;
