package io.datastored.proof;

import io.datastored.proof.history.Digest;
import io.datastored.proof.history.HistoryFile;
import io.datastored.proof.history.Kind;
import io.datastored.proof.site.Wire;
import io.datastored.v1.Datastore;
import io.datastored.v1.Revision;
import io.datastored.v1.WatchGenerationRequest;
import io.datastored.v1.WatchGenerationResponse;
import io.datastored.v1.WatchGenerationResponse.FrameCase;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Cached modes are what a caching client has applied of a watch: the mode of each datastore.
 * Thread-safe: under its own lock, in which frames are applied and the owner looks.
 */
final class CachedModes
    implements ClientResponseObserver<WatchGenerationRequest, WatchGenerationResponse> {

  private final Supplier<Wire> wire;
  private final String session;
  private final HistoryFile history;
  private final Consumer<Revision> applied;
  private final List<WatchGenerationResponse> staged = new ArrayList<>();
  private final Map<String, Datastore> datastores = new HashMap<>();
  private Optional<Revision> at = Optional.empty();
  private boolean open;

  /**
   * @param wire to the server at which the next watch is begun
   * @param history gets each frame that was applied
   * @param applied is told of each frame after it has been applied, under the lock
   */
  CachedModes(
      Supplier<Wire> wire, String session, HistoryFile history, Consumer<Revision> applied) {
    this.wire = wire;
    this.session = session;
    this.history = history;
    this.applied = applied;
  }

  /** Follows again if the stream has ended. */
  synchronized void follow() {
    if (!open) {
      open = true;
      staged.clear();
      WatchGenerationRequest.Builder request =
          WatchGenerationRequest.newBuilder().setSessionId(session);
      at.ifPresent(request::setKnown);
      wire.get().streams().watchGeneration(request.build(), this);
    }
  }

  /** What was last heard of a datastore; empty before anything was. */
  synchronized Optional<Datastore> find(String name) {
    return Optional.ofNullable(datastores.get(name));
  }

  /** The revision that was last applied, with what was last heard. */
  synchronized Optional<Revision> at() {
    return at;
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<WatchGenerationRequest> call) {
    // Takes all that comes.
  }

  @Override
  public synchronized void onNext(WatchGenerationResponse message) {
    staged.add(message);
    if (message.hasRevision()) {
      if (staged.get(0).getFrameCase() == FrameCase.SNAPSHOT) {
        datastores.clear();
      }
      for (WatchGenerationResponse part : staged) {
        part.getSnapshot().getDatastoresList().forEach(this::put);
        part.getChange().getChangedList().forEach(this::put);
        part.getChange().getRemovedList().forEach(datastores::remove);
      }
      writeDown(message.getRevision());
      staged.clear();
      at = Optional.of(message.getRevision());
      applied.accept(message.getRevision());
    }
  }

  private void writeDown(Revision revision) {
    history.add(
        Kind.DELIVERED,
        "revision",
        revision.getIncarnation() + ":" + revision.getGeneration(),
        "frame",
        staged.get(0).getFrameCase().name().toLowerCase(Locale.ROOT),
        "digest",
        Digest.of(datastores.values()),
        "generations",
        staged.stream().mapToLong(part -> part.getChange().getGenerations()).sum());
  }

  private void put(Datastore datastore) {
    datastores.put(datastore.getName(), datastore);
  }

  @Override
  public synchronized void onError(Throwable error) {
    open = false;
  }

  @Override
  public synchronized void onCompleted() {
    open = false;
  }
}
