package io.datastored.proof;

import com.google.protobuf.FieldMask;
import com.google.protobuf.util.Durations;
import io.datastored.proof.history.HistoryFile;
import io.datastored.proof.history.Kind;
import io.datastored.proof.site.Wire;
import io.datastored.v1.Datastore;
import io.datastored.v1.DatastoreSettings;
import io.datastored.v1.DrainRequest;
import io.datastored.v1.DrainResponse;
import io.datastored.v1.DrainState;
import io.datastored.v1.Revision;
import io.datastored.v1.SetMaintenanceModeResponse;
import io.datastored.v1.UpdateDatastoreRequest;
import io.datastored.v1.UpdateDatastoreResponse;
import io.grpc.StatusRuntimeException;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * A replica operator writes through any of several servers that share one history: modes, with
 * drains between them, or settings. Confined to its thread, but for {@link #stop} and the numbers.
 */
final class ReplicaOperator {

  private static final List<String> MODES = List.of("READ_ONLY", "OFFLINE");

  /** Then he thinks better of it: a server that was killed is waited for almost as long. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

  /** When nobody disturbs: longer than anything is waited for. */
  private static final long LAST_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(90);

  private static final int RETRY_MILLIS = 50;

  private final String name;
  private final List<Wire> servers;
  private final HistoryFile history;
  private final Told told;
  private final SplittableRandom random;
  private int calls;
  private volatile boolean stopped;

  ReplicaOperator(
      String name, List<Wire> servers, HistoryFile history, Told told, SplittableRandom random) {
    this.name = name;
    this.servers = servers;
    this.history = history;
    this.told = told;
    this.random = random;
  }

  /** Lets it end. */
  void stop() {
    stopped = true;
  }

  /** What can be asked of a server; the revision is that of the answer. */
  private interface Write {
    Answer ask(Wire server);
  }

  private record Answer(Datastore datastore, Revision revision) {}

  private Wire anyServer() {
    return servers.get(random.nextInt(servers.size()));
  }

  private String nextId() {
    return name + "-" + calls++;
  }

  /**
   * Sets modes of a datastore, drains it and clears them, again and again; at the end once more,
   * and then it must be drained.
   */
  void operate(String datastore) {
    while (!stopped) {
      boolean unused = takeOutOfService(datastore, PATIENCE_NANOS);
      rest(random.nextInt(3_000));
    }
    if (!takeOutOfService(datastore, LAST_PATIENCE_NANOS)) {
      throw new AssertionError(datastore + " is not drained though nobody disturbs");
    }
  }

  private boolean takeOutOfService(String datastore, long patience) {
    String etag = set(datastore, MODES.get(random.nextInt(MODES.size())));
    long end = System.nanoTime() + patience;
    boolean isDrained = false;
    while (!isDrained && System.nanoTime() < end && (!stopped || patience > PATIENCE_NANOS)) {
      isDrained = drain(datastore, etag);
      // The next one waits for whatever mode is set: an author may have changed the etag meanwhile.
      etag = "";
    }
    if (isDrained) {
      // While this lasts nothing may begin.
      rest(random.nextInt(300));
    }
    String unused = set(datastore, "NONE");
    return isDrained;
  }

  /** Sets a mode, however often it takes, and answers the etag. */
  private String set(String datastore, String mode) {
    while (true) {
      Answer answer =
          write(
              datastore,
              "mode",
              mode,
              nextId(),
              server -> {
                SetMaintenanceModeResponse set = server.setMode(datastore, mode);
                return new Answer(set.getDatastore(), set.getRevision());
              });
      if (answer != null) {
        return answer.datastore().getEtag();
      }
      rest(RETRY_MILLIS);
    }
  }

  /** Gives datastores settings that each occur once, again and again. */
  void edit(List<String> datastores) {
    while (!stopped) {
      String datastore = datastores.get(random.nextInt(datastores.size()));
      String id = nextId();
      Answer unused =
          write(
              datastore,
              "content",
              id,
              id,
              server -> {
                UpdateDatastoreResponse updated =
                    server
                        .configurations()
                        .updateDatastore(
                            UpdateDatastoreRequest.newBuilder()
                                .setDatastore(
                                    Datastore.newBuilder()
                                        .setName(datastore)
                                        .setSettings(DatastoreSettings.newBuilder().setComment(id)))
                                .setUpdateMask(FieldMask.newBuilder().addPaths("comment"))
                                .build());
                return new Answer(updated.getDatastore(), updated.getRevision());
              });
      rest(random.nextInt(400));
    }
  }

  /** One write; null if it was refused or its outcome is unknown. */
  private Answer write(String datastore, String field, String value, String id, Write write) {
    history.add(Kind.WRITE_BEGIN, "id", id, "datastore", datastore, field, value);
    try {
      Answer answer = write.ask(anyServer());
      told.raise(answer.revision());
      history.add(Kind.WRITE_DONE, "id", id, "generation", answer.datastore().getGeneration());
      return answer;
    } catch (StatusRuntimeException e) {
      String reason = Wire.reason(e);
      boolean isUnknown = Wire.refusal(e).isEmpty() || reason.equals("OUTCOME_UNKNOWN");
      Kind kind = isUnknown ? Kind.WRITE_UNKNOWN : Kind.WRITE_REFUSED;
      history.add(kind, "id", id, "reason", reason);
      return null;
    }
  }

  private boolean drain(String datastore, String etag) {
    long timeout = 1_000 + random.nextInt(4_000);
    DrainRequest request =
        DrainRequest.newBuilder()
            .setDatastore(datastore)
            .setEtag(etag)
            .setTimeout(Durations.fromMillis(timeout))
            .setForce(random.nextInt(4) == 0)
            .build();
    String id = nextId();
    int server = random.nextInt(servers.size());
    history.add(
        Kind.DRAIN_BEGIN,
        "id",
        id,
        "datastore",
        datastore,
        "force",
        request.getForce(),
        "replica",
        ReplicaSite.name(server));
    DrainResponse last = DrainResponse.getDefaultInstance();
    try {
      Iterator<DrainResponse> answers =
          servers.get(server).maintenanceFor(timeout + 1_000).drain(request);
      while (answers.hasNext()) {
        last = answers.next();
      }
    } catch (StatusRuntimeException e) {
      history.add(Kind.DRAIN_ENDED, "id", id, "state", Wire.reason(e));
      rest(RETRY_MILLIS);
      return false;
    }
    if (last.getState() == DrainState.DRAIN_STATE_DRAINED) {
      told.raise(last.getRevision());
      String mode = last.getMaintenance().getMode().name().replace("MAINTENANCE_MODE_", "");
      history.add(Kind.DRAINED, "id", id, "mode", mode);
      return true;
    }
    history.add(
        Kind.DRAIN_ENDED, "id", id, "state", last.getState(), "waits", waits(last.getProgress()));
    rest(RETRY_MILLIS);
    return false;
  }

  private static String waits(Object progress) {
    return progress.toString().replaceAll("\\s+", ",");
  }

  /** The moments are what is tried. */
  private static void rest(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
