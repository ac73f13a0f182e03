package io.datastored.service.stream;

import io.datastored.v1.Datastore;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.Revision;
import io.datastored.v1.WatchGenerationRequest;
import io.datastored.v1.WatchGenerationResponse;
import io.datastored.v1.WatchGenerationResponse.FrameCase;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A watch client holds what a cache would hold that follows the contract to the letter.
 * Thread-safe: everything under its lock.
 */
public final class WatchClient
    implements ClientResponseObserver<WatchGenerationRequest, WatchGenerationResponse> {
  /** What the client says it can take when it starts. */
  public enum Reading {
    AT_ONCE,
    WHEN_ASKED
  }

  /** Messages that are kept to be looked at. */
  private static final int REMEMBERED = 1000;

  private final Reading reading;
  private final List<WatchGenerationResponse> staged = new ArrayList<>();
  private final Deque<WatchGenerationResponse> messages = new ArrayDeque<>();
  private final Map<String, Long> held = new TreeMap<>();
  private final Deque<Long> applied = new ArrayDeque<>();
  private Optional<Revision> at = Optional.empty();
  private Optional<Status> ended = Optional.empty();
  private Optional<Throwable> failure = Optional.empty();
  private long generations;
  private ClientCallStreamObserver<WatchGenerationRequest> call;

  public WatchClient(Reading reading) {
    this.reading = reading;
  }

  /** Opens a stream from what is held. */
  public WatchClient open(WatchServer server, String... patterns) {
    WatchGenerationRequest.Builder request =
        WatchGenerationRequest.newBuilder().addAllDatastores(List.of(patterns));
    revision().ifPresent(request::setKnown);
    return open(server, request.build());
  }

  public WatchClient open(WatchServer server, WatchGenerationRequest request) {
    return open(server.stub(), request);
  }

  WatchClient open(
      DatastoreServiceGrpc.DatastoreServiceStub server, WatchGenerationRequest request) {
    synchronized (this) {
      staged.clear();
      messages.clear();
      ended = Optional.empty();
    }
    server.watchGeneration(request, this);
    return this;
  }

  @Override
  public synchronized void beforeStart(ClientCallStreamObserver<WatchGenerationRequest> call) {
    this.call = call;
    if (reading == Reading.WHEN_ASKED) {
      call.disableAutoRequestWithInitial(0);
    }
  }

  synchronized void ask(int messages) {
    call.request(messages);
  }

  synchronized void breakOff() {
    call.cancel("the stream breaks", null);
  }

  @Override
  public synchronized void onNext(WatchGenerationResponse message) {
    remember(messages, message);
    staged.add(message);
    if (message.hasRevision()) {
      if (message.getFrameCase() == FrameCase.SNAPSHOT) {
        held.clear();
      }
      staged.forEach(this::apply);
      staged.clear();
      at = Optional.of(message.getRevision());
      remember(applied, message.getRevision().getGeneration());
    }
  }

  /** Lets go of the messages that are kept to be looked at. */
  synchronized void forgetMessages() {
    messages.clear();
  }

  private static <T> void remember(Deque<T> newest, T one) {
    newest.add(one);
    if (newest.size() > REMEMBERED) {
      newest.remove();
    }
  }

  private void apply(WatchGenerationResponse part) {
    part.getSnapshot().getDatastoresList().forEach(this::put);
    part.getChange().getChangedList().forEach(this::put);
    part.getChange().getRemovedList().forEach(held::remove);
    generations += part.getChange().getGenerations();
  }

  private void put(Datastore datastore) {
    held.put(datastore.getName(), datastore.getGeneration());
  }

  @Override
  public synchronized void onError(Throwable error) {
    ended = Optional.of(Status.fromThrowable(error));
    failure = Optional.of(error);
  }

  @Override
  public synchronized void onCompleted() {
    ended = Optional.of(Status.OK);
  }

  synchronized Optional<Revision> revision() {
    return at;
  }

  public synchronized long generation() {
    return at.map(Revision::getGeneration).orElse(0L);
  }

  synchronized long generations() {
    return generations;
  }

  public synchronized Map<String, Long> held() {
    return new TreeMap<>(held);
  }

  /** Generations of the frames that were applied, in order, over all streams. */
  synchronized List<Long> applied() {
    return List.copyOf(applied);
  }

  /** Messages of this stream. */
  synchronized List<WatchGenerationResponse> messages() {
    return List.copyOf(messages);
  }

  synchronized Optional<Status> ended() {
    return ended;
  }

  /** The newest message of this stream. */
  synchronized WatchGenerationResponse last() {
    return messages.getLast();
  }

  synchronized Optional<Throwable> error() {
    return failure;
  }

  /** A client that believes a revision. */
  static WatchClient knowing(String incarnation, long generation) {
    WatchClient client = new WatchClient(Reading.AT_ONCE);
    client.at =
        Optional.of(
            Revision.newBuilder().setIncarnation(incarnation).setGeneration(generation).build());
    return client;
  }
}
