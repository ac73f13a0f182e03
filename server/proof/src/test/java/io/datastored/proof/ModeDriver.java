package io.datastored.proof;

import com.google.protobuf.util.Durations;
import io.datastored.proof.history.HistoryFile;
import io.datastored.proof.history.Kind;
import io.datastored.proof.site.Wire;
import io.datastored.soak.ChildProcess;
import io.datastored.v1.DrainRequest;
import io.datastored.v1.DrainResponse;
import io.datastored.v1.DrainState;
import io.datastored.v1.SetMaintenanceModeResponse;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * A mode driver is the operator of one datastore: he sets modes, drains, waits, and clears, again
 * and again. Confined to its thread, but for {@link #stop} and {@link #drained}.
 */
final class ModeDriver implements Runnable {

  private static final List<String> MODES = List.of("READ_ONLY", "OFFLINE");

  /** Then the operator thinks better of it. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(4);

  private static final int RETRY_MILLIS = 20;

  private final String datastore;
  private final Wire wire;
  private final ChildProcess embedder;
  private final HistoryFile history;
  private final SplittableRandom random;
  private int calls;
  private volatile boolean stopped;

  @SuppressWarnings("NonAtomicVolatileUpdate") // by one thread
  private volatile int drained;

  /**
   * @param embedder another process that sets modes, now and then; used under its own lock
   */
  ModeDriver(
      String datastore,
      Wire wire,
      ChildProcess embedder,
      HistoryFile history,
      SplittableRandom random) {
    this.datastore = datastore;
    this.wire = wire;
    this.embedder = embedder;
    this.history = history;
    this.random = random;
  }

  /** How often it was told DRAINED. */
  int drained() {
    return drained;
  }

  /** Lets it end with no mode set. */
  void stop() {
    stopped = true;
  }

  @Override
  public void run() {
    while (!stopped) {
      String etag = set(MODES.get(random.nextInt(MODES.size())));
      long end = System.nanoTime() + PATIENCE_NANOS;
      boolean isDrained = false;
      while (!isDrained && !stopped && System.nanoTime() < end) {
        isDrained = drain(etag);
      }
      if (isDrained) {
        drained++;
        // While this lasts nothing may begin.
        rest(random.nextInt(150));
      }
      String unused = set("NONE");
      rest(random.nextInt(100));
    }
  }

  /** Sets a mode, however often it takes, and answers the etag; empty when it is not known. */
  private String set(String mode) {
    while (true) {
      String id = nextId();
      history.add(Kind.WRITE_BEGIN, "id", id, "datastore", datastore, "mode", mode);
      try {
        return random.nextInt(4) == 0 ? setElsewhere(id, mode) : setByServer(id, mode);
      } catch (StatusRuntimeException | IOException e) {
        history.add(Kind.WRITE_UNKNOWN, "id", id, "reason", e.getMessage());
        rest(RETRY_MILLIS);
      }
    }
  }

  private String nextId() {
    return datastore + "-" + calls++;
  }

  private String setByServer(String id, String mode) {
    SetMaintenanceModeResponse answer = wire.setMode(datastore, mode);
    history.add(Kind.WRITE_DONE, "id", id, "generation", answer.getDatastore().getGeneration());
    return answer.getDatastore().getEtag();
  }

  private String setElsewhere(String id, String mode) throws IOException {
    String answer;
    synchronized (embedder) {
      answer = embedder.ask("mode " + datastore + " " + mode);
    }
    if (!answer.matches("\\d+")) {
      throw new IOException(answer);
    }
    history.add(Kind.WRITE_DONE, "id", id, "generation", answer);
    return "";
  }

  private boolean drain(String etag) {
    long timeout = 500 + random.nextInt(2500);
    DrainRequest request =
        DrainRequest.newBuilder()
            .setDatastore(datastore)
            .setEtag(etag)
            .setTimeout(Durations.fromMillis(timeout))
            .setForce(random.nextInt(3) == 0)
            .build();
    String id = nextId();
    history.add(Kind.DRAIN_BEGIN, "id", id, "datastore", datastore, "force", request.getForce());
    DrainResponse last = DrainResponse.getDefaultInstance();
    try {
      Iterator<DrainResponse> answers = wire.maintenanceFor(timeout + 2000).drain(request);
      while (answers.hasNext()) {
        last = answers.next();
      }
    } catch (StatusRuntimeException e) {
      history.add(Kind.DRAIN_ENDED, "id", id, "state", Wire.reason(e));
      rest(RETRY_MILLIS);
      return false;
    }
    if (last.getState() == DrainState.DRAIN_STATE_DRAINED) {
      String mode = last.getMaintenance().getMode().name().replace("MAINTENANCE_MODE_", "");
      history.add(Kind.DRAINED, "id", id, "mode", mode);
      return true;
    }
    history.add(Kind.DRAIN_ENDED, "id", id, "state", last.getState(), "waits", waits(last));
    return false;
  }

  private static String waits(DrainResponse last) {
    var progress = last.getProgress();
    return "read:"
        + progress.getOperations().getRead()
        + ",write:"
        + progress.getOperations().getWrite()
        + ",leases:"
        + progress.getLeases()
        + ",sessions:"
        + progress.getSessions()
        + ",forced:"
        + progress.getForcedLeases()
        + ",recovery:"
        + Durations.toMillis(progress.getRecoveryLeft());
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
