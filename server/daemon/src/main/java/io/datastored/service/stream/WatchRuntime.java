package io.datastored.service.stream;

import com.google.common.base.Ticker;
import java.util.concurrent.Executor;

/**
 * A watch runtime is what moves open watches: threads, time and chance, all from outside.
 * Immutable.
 *
 * @param executor cuts, encodes and hands over frames; any number of threads
 * @param timer wakes quiet watches for their bookmark
 * @param ticker the time that bookmarks go by
 * @param pacing how long streams stay quiet
 */
public record WatchRuntime(
    Executor executor, BookmarkTimer timer, Ticker ticker, WatchPacing pacing) {}
