package io.datastored.service.stream;

import com.google.common.base.Ticker;
import java.util.concurrent.Executor;

/**
 * A watch runtime is the threads, clock and randomness of open watches, all passed in. Immutable.
 *
 * @param executor cuts, encodes and hands over frames; any number of threads
 * @param timer wakes quiet watches for their bookmark
 * @param ticker the clock for bookmarks
 * @param pacing decides how long streams stay quiet
 */
public record WatchRuntime(
    Executor executor, BookmarkTimer timer, Ticker ticker, WatchPacing pacing) {}
