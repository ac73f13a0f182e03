package io.datastored.client.internal.cache;

import io.datastored.client.ClientOptions;
import io.datastored.client.ClientSources;
import io.datastored.client.fake.ManualTime;
import io.datastored.client.internal.loop.Callbacks;
import io.datastored.client.internal.loop.ClientClock;
import io.datastored.client.internal.loop.Counters;
import io.datastored.client.internal.loop.Loop;
import io.datastored.client.internal.session.LeaseBook;
import io.datastored.client.internal.session.PendingReleases;
import io.datastored.client.internal.watch.FrameApplier;
import io.datastored.v1.Revision;
import java.util.Random;

/** The parts of a client that build its view and answer from it, without a server. For tests. */
public final class CacheParts {

  final ManualTime time = new ManualTime();
  final ClientOptions options =
      ClientOptions.builder("nowhere")
          .sources(new ClientSources(time, time, new Random(1), () -> "id"))
          .build();
  public final NearCache cache;
  final LeaseBook book;
  public final FrameApplier applier;

  public CacheParts() {
    var counters = new Counters();
    var loop = new Loop(time);
    cache = new NearCache(new ClientClock(options.sources()), options, counters, () -> {});
    var returns = new PendingReleases(null, loop, options.times(), null);
    book = new LeaseBook(loop, returns, new Callbacks(time, counters), counters, options);
    applier = new FrameApplier(cache, book, new Selection(options.datastores()));
  }

  public static Revision revision(long generation) {
    return Revision.newBuilder().setIncarnation("history").setGeneration(generation).build();
  }
}
