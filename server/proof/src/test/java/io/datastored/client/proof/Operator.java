package io.datastored.client.proof;

import com.google.protobuf.FieldMask;
import com.google.protobuf.util.Durations;
import io.datastored.proof.history.HistoryFile;
import io.datastored.proof.history.Kind;
import io.datastored.proof.site.Site;
import io.datastored.proof.site.Wire;
import io.datastored.v1.Datastore;
import io.datastored.v1.DatastoreSettings;
import io.datastored.v1.DrainRequest;
import io.datastored.v1.DrainResponse;
import io.datastored.v1.DrainState;
import io.datastored.v1.ListDatastoresRequest;
import io.datastored.v1.ServerStatus;
import io.datastored.v1.SetMaintenanceModeResponse;
import io.datastored.v1.StatusRequest;
import io.datastored.v1.UpdateDatastoreRequest;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An operator changes, drains and looks over a connection of his own, which is never cut, and
 * writes down what he was answered. Thread-safe.
 */
final class Operator implements AutoCloseable {

  private final Wire wire;
  private final HistoryFile history;
  private final AtomicInteger calls = new AtomicInteger();

  private Operator(Wire wire, HistoryFile history) {
    this.wire = wire;
    this.history = history;
  }

  static Operator of(Site site) throws IOException {
    return new Operator(site.connect(), HistoryFile.of(site.histories(), "operator"));
  }

  private String nextId() {
    return "operator-" + calls.getAndIncrement();
  }

  /** Gives a datastore a comment of its own; false if it is not known whether that happened. */
  boolean comment(String datastore) {
    String id = nextId();
    history.add(Kind.WRITE_BEGIN, "id", id, "datastore", datastore, "content", id);
    try {
      Datastore changed =
          wire.configurations()
              .updateDatastore(
                  UpdateDatastoreRequest.newBuilder()
                      .setDatastore(
                          Datastore.newBuilder()
                              .setName(datastore)
                              .setSettings(DatastoreSettings.newBuilder().setComment(id)))
                      .setUpdateMask(FieldMask.newBuilder().addPaths("comment"))
                      .build())
              .getDatastore();
      history.add(Kind.WRITE_DONE, "id", id, "generation", changed.getGeneration());
      return true;
    } catch (StatusRuntimeException e) {
      history.add(Kind.WRITE_UNKNOWN, "id", id, "reason", Wire.reason(e));
      return false;
    }
  }

  /** Sets a mode, however often it has to be tried. */
  void mode(String datastore, String mode) throws InterruptedException {
    while (true) {
      String id = nextId();
      history.add(Kind.WRITE_BEGIN, "id", id, "datastore", datastore, "mode", mode);
      try {
        SetMaintenanceModeResponse answer = wire.setMode(datastore, mode);
        long generation = answer.getDatastore().getGeneration();
        history.add(Kind.WRITE_DONE, "id", id, "generation", generation);
        return;
      } catch (StatusRuntimeException e) {
        history.add(Kind.WRITE_UNKNOWN, "id", id, "reason", Wire.reason(e));
        TimeUnit.MILLISECONDS.sleep(20);
      }
    }
  }

  /**
   * Waits until a datastore is drained, however often it has to be asked.
   *
   * @return whether it is in time
   */
  boolean drain(String datastore, DrainRequest.Builder how, Duration patience)
      throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (System.nanoTime() < end) {
      String id = nextId();
      history.add(Kind.DRAIN_BEGIN, "id", id, "datastore", datastore);
      try {
        Iterator<DrainResponse> answers =
            wire.maintenance()
                .drain(how.setDatastore(datastore).setTimeout(Durations.fromSeconds(2)).build());
        while (answers.hasNext()) {
          DrainResponse answer = answers.next();
          if (answer.getState() == DrainState.DRAIN_STATE_DRAINED) {
            String mode = answer.getMaintenance().getMode().name().replace("MAINTENANCE_MODE_", "");
            history.add(Kind.DRAINED, "id", id, "mode", mode);
            return true;
          }
        }
      } catch (StatusRuntimeException e) {
        TimeUnit.MILLISECONDS.sleep(20);
      }
    }
    return false;
  }

  /** All datastores as the server has them. */
  List<Datastore> datastores() {
    return wire.configurations()
        .listDatastores(ListDatastoresRequest.getDefaultInstance())
        .getDatastoresList();
  }

  ServerStatus server() {
    return wire.datastores().status(StatusRequest.getDefaultInstance()).getServer();
  }

  @Override
  public void close() throws IOException {
    wire.close();
    history.close();
  }
}
