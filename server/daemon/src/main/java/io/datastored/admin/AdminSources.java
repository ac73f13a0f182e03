package io.datastored.admin;

import com.google.common.base.Ticker;
import com.google.common.collect.ImmutableList;
import io.datastored.access.Access;
import io.datastored.admin.metric.MetricSources;
import io.datastored.engine.Engine;
import io.datastored.service.Services;
import io.datastored.service.call.ServerLife;
import java.util.concurrent.Executor;

/**
 * Admin sources are the parts of a server that the admin listener shows. Immutable.
 *
 * @param engine its counters, tasks and troubles
 * @param services answer Status
 * @param life whether calls are answered
 * @param access who may see what
 * @param pools run the calls that may touch a disk
 * @param loops serve the connections
 * @param metrics the rooms whose counts are shown
 * @param ticker monotonic time
 */
public record AdminSources(
    Engine engine,
    Services services,
    ServerLife life,
    Access access,
    ImmutableList<Executor> pools,
    ImmutableList<Executor> loops,
    MetricSources metrics,
    Ticker ticker) {}
