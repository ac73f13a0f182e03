/**
 * The Java client of datastored: {@code DatastoredClient}, its options, handles, exceptions and
 * stats, and the near cache behind them. Applications call it, and it sees the contract only. A
 * lookup is answered locally only while the client knows, by its own clock, that the server still
 * counts its lease.
 */
@NullMarked
package io.datastored.client;

import org.jspecify.annotations.NullMarked;
