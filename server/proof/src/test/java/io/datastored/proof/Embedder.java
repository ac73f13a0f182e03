package io.datastored.proof;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.MaintenanceSetting;
import io.datastored.engine.Engine;
import io.datastored.engine.Handle;
import io.datastored.engine.Intent;
import io.datastored.engine.MaintenanceChange;
import io.datastored.engine.WriteOutcome;
import io.datastored.operation.Operation;
import io.datastored.operation.OperationCounts;
import io.datastored.proof.site.Site;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * An embedder is a process with an engine that holds as many operations as it is told to. Confined
 * to its thread.
 */
final class Embedder {

  private final Engine engine;
  private final Map<String, Deque<Handle>> held = new HashMap<>();

  private Embedder(Engine engine) {
    this.engine = engine;
  }

  /**
   * @param args the site
   */
  public static void main(String[] args) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    try (Engine engine = Engine.open(new Site(Path.of(args[0])).engine())) {
      Embedder embedder = new Embedder(engine);
      System.out.println("ready");
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        System.out.println(embedder.obey(line.split(" ")));
      }
    }
  }

  private String obey(String[] words) {
    return switch (words[0]) {
      case "hold" -> hold(words[1], Operation.valueOf(words[2]), Integer.parseInt(words[3]));
      case "counts" -> counts(engine.operations(DatastoreName.of(words[1])));
      case "mode" -> mode(words[1], MaintenanceMode.valueOf(words[2]));
      default -> throw new IllegalArgumentException(words[0]);
    };
  }

  private String hold(String datastore, Operation operation, int count) {
    Deque<Handle> handles = held.computeIfAbsent(datastore + operation, key -> new ArrayDeque<>());
    while (handles.size() < count) {
      handles.push(engine.lookup(DatastoreName.of(datastore), operation).handle());
    }
    while (handles.size() > count) {
      handles.pop().close();
    }
    return "done";
  }

  private String mode(String datastore, MaintenanceMode mode) {
    WriteOutcome outcome =
        engine.setMaintenance(
            new MaintenanceChange(
                DatastoreName.of(datastore),
                MaintenanceSetting.of(mode),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()),
            Intent.COMMIT);
    return outcome instanceof WriteOutcome.Written written
        ? written.datastore().generation().toString()
        : outcome.toString().replace('\n', ' ');
  }

  private static String counts(OperationCounts counts) {
    return counts.read() + " " + counts.write();
  }
}
