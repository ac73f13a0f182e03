package io.datastored.client.fake;

import io.datastored.v1.Datastore;
import io.datastored.v1.DatastoreView;
import io.datastored.v1.MountState;
import io.datastored.v1.Revision;
import io.datastored.v1.SnapshotReason;
import io.datastored.v1.WatchBookmark;
import io.datastored.v1.WatchChange;
import io.datastored.v1.WatchGenerationRequest;
import io.datastored.v1.WatchGenerationResponse;
import io.datastored.v1.WatchSnapshot;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Fake watches are the open streams of the fake server. Guarded by the world. */
final class FakeWatches {

  private record Watch(
      WatchGenerationRequest request, StreamObserver<WatchGenerationResponse> out) {

    boolean covers(String name) {
      return request.getDatastoresList().isEmpty()
          || request.getDatastoresList().stream()
              .anyMatch(
                  entry ->
                      entry.endsWith("*")
                          ? name.startsWith(entry.substring(0, entry.length() - 1))
                          : name.equals(entry));
    }

    Datastore shown(Datastore datastore) {
      return request.getView() == DatastoreView.DATASTORE_VIEW_FULL
          ? datastore
          : datastore.toBuilder().clearSettings().build();
    }
  }

  private final FakeWorld world;
  private final List<Watch> open = new ArrayList<>();
  private final List<WatchGenerationRequest> requests = new ArrayList<>();

  /** Whether messages are dropped, as by a broken network. */
  boolean muted;

  FakeWatches(FakeWorld world) {
    this.world = world;
  }

  int size() {
    return open.size();
  }

  List<WatchGenerationRequest> requests() {
    return List.copyOf(requests);
  }

  void open(WatchGenerationRequest request, StreamObserver<WatchGenerationResponse> out) {
    requests.add(request);
    if (!request.getSessionId().isEmpty()) {
      FakeWorld.Session unused = world.session(request.getSessionId());
    }
    var watch = new Watch(request, out);
    ((ServerCallStreamObserver<WatchGenerationResponse>) out)
        .setOnCancelHandler(
            () -> {
              synchronized (world) {
                open.remove(watch);
              }
            });
    open.add(watch);
    send(watch, first(watch));
  }

  private WatchGenerationResponse first(Watch watch) {
    Revision now = world.revision();
    if (!watch.request.hasKnown()) {
      return snapshot(watch, SnapshotReason.SNAPSHOT_REASON_REQUESTED);
    }
    Revision known = watch.request.getKnown();
    if (!known.getIncarnation().equals(now.getIncarnation())) {
      return snapshot(watch, SnapshotReason.SNAPSHOT_REASON_WRONG_INCARNATION);
    }
    if (known.getGeneration() > now.getGeneration()) {
      return snapshot(watch, SnapshotReason.SNAPSHOT_REASON_AHEAD);
    }
    if (known.getGeneration() < world.floor) {
      return snapshot(watch, SnapshotReason.SNAPSHOT_REASON_TOO_OLD);
    }
    WatchChange change = changeSince(watch, known.getGeneration());
    return change.getGenerations() == 0
        ? bookmark(watch, false)
        : frame().setChange(change).build();
  }

  private WatchChange changeSince(Watch watch, long generation) {
    var change = WatchChange.newBuilder();
    world.datastores.values().stream()
        .filter(d -> watch.covers(d.getName()) && d.getGeneration() > generation)
        .forEach(d -> change.addChanged(watch.shown(d)));
    world.removed.forEach(
        (name, at) -> {
          if (watch.covers(name) && at > generation) {
            change.addRemoved(name);
          }
        });
    return change.setGenerations(change.getChangedCount() + change.getRemovedCount()).build();
  }

  private WatchGenerationResponse snapshot(Watch watch, SnapshotReason reason) {
    var snapshot = WatchSnapshot.newBuilder().setReason(reason);
    world.datastores.values().stream()
        .filter(d -> watch.covers(d.getName()))
        .forEach(d -> snapshot.addDatastores(watch.shown(d)));
    return frame().setSnapshot(snapshot).build();
  }

  private WatchGenerationResponse bookmark(Watch watch, boolean ack) {
    var bookmark = WatchBookmark.newBuilder().setInterval(watch.request.getBookmarkInterval());
    world.datastores.values().stream()
        .filter(d -> watch.covers(d.getName()))
        .filter(d -> d.getMountState() != MountState.MOUNT_STATE_NOT_REMOVABLE)
        .forEach(d -> bookmark.addRemovable(d.toBuilder().clearSettings()));
    return frame().setBookmark(bookmark).setAckRequested(ack).build();
  }

  private WatchGenerationResponse.Builder frame() {
    return WatchGenerationResponse.newBuilder().setRevision(world.revision());
  }

  /** Sends the change of the current generation to every watch that selects the datastore. */
  void changed(String name) {
    for (Watch watch : List.copyOf(open)) {
      if (watch.covers(name)) {
        send(watch, frame().setChange(changeSince(watch, world.generation - 1)).build());
      }
    }
  }

  void bookmarks(boolean ack) {
    for (Watch watch : List.copyOf(open)) {
      send(watch, bookmark(watch, ack));
    }
  }

  void send(Function<Revision, WatchGenerationResponse> message) {
    for (Watch watch : List.copyOf(open)) {
      send(watch, message.apply(world.revision()));
    }
  }

  private void send(Watch watch, WatchGenerationResponse message) {
    if (!muted) {
      watch.out.onNext(message);
    }
  }

  /** Ends all watches of a session. */
  void end(String session, StatusRuntimeException why) {
    for (Watch watch : List.copyOf(open)) {
      if (watch.request.getSessionId().equals(session)) {
        open.remove(watch);
        watch.out.onError(why);
      }
    }
  }

  void breakAll() {
    endAll(Status.UNAVAILABLE.withDescription("connection lost").asRuntimeException());
  }

  void endAll(StatusRuntimeException why) {
    for (Watch watch : List.copyOf(open)) {
      open.remove(watch);
      watch.out.onError(why);
    }
  }
}
