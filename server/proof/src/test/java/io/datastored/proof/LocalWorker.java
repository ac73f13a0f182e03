package io.datastored.proof;

import io.datastored.config.DatastoreName;
import io.datastored.engine.Engine;
import io.datastored.engine.Handle;
import io.datastored.engine.Lookup;
import io.datastored.engine.Refused;
import io.datastored.operation.Operation;
import io.datastored.proof.history.HistoryFile;
import io.datastored.proof.history.Kind;
import io.datastored.proof.site.Site;
import io.datastored.soak.StopLine;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A local worker is a process that embeds the engine and uses datastores as fast as it can, until
 * it is told to end.
 */
final class LocalWorker {

  private final String name;
  private final Engine engine;
  private final HistoryFile history;
  private final Pace pace;
  private long lookups;

  private LocalWorker(String name, Engine engine, HistoryFile history, Pace pace) {
    this.name = name;
    this.engine = engine;
    this.history = history;
    this.pace = pace;
  }

  /**
   * @param args site, name, seed, datastores
   */
  public static void main(String[] args) throws Exception {
    StopLine stop = StopLine.ofThisProcess();
    Site site = new Site(Path.of(args[0]));
    Pace pace = new Pace(new SplittableRandom(Long.parseLong(args[2])), stop, 1000);
    try (HistoryFile history = HistoryFile.of(site.histories(), args[1]);
        Engine engine = Engine.open(site.engine())) {
      System.out.println("ready");
      new LocalWorker(args[1], engine, history, pace).work(Site.names(Integer.parseInt(args[3])));
    }
  }

  private void work(List<String> datastores) {
    while (!pace.isStopped()) {
      use(pace.oneOf(datastores), pace.isWrite() ? Operation.WRITE : Operation.READ);
      pace.betweenUses();
    }
  }

  private void use(String datastore, Operation operation) {
    String id = name + "-" + lookups++;
    history.add(
        Kind.LOOKUP_BEGIN, "id", id, "datastore", datastore, "operation", operation, "current", 1);
    Lookup lookup = engine.lookup(DatastoreName.of(datastore), operation);
    if (lookup instanceof Refused refused) {
      history.add(
          Kind.REFUSED,
          "id",
          id,
          "reason",
          refused.reason(),
          "mode",
          refused.datastore().map(there -> there.maintenance().mode().name()).orElse(""),
          "generation",
          refused.revision().generation());
      pace.afterRefusal();
      return;
    }
    try (Handle unused = lookup.handle()) {
      history.add(Kind.GRANTED, "id", id);
      for (int i = pace.usesOfAGrant(); i > 0; i--) {
        history.add(Kind.USE, "id", id);
        pace.duringUse();
      }
      history.add(Kind.RELEASE_BEGIN, "id", id);
    }
    history.add(Kind.RELEASED, "id", id);
  }
}
