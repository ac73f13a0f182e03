package io.datastored.client.conformance;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.datastored.client.AppliedFrame;
import io.datastored.client.ClientOptions;
import io.datastored.client.DatastoredClient;
import io.datastored.client.Handle;
import io.datastored.client.LeaseLost;
import io.datastored.client.LookupOptions;
import io.datastored.client.Operation;
import io.datastored.client.SessionOpened;
import io.datastored.v1.Revision;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The verbs of the protocol, done with one client at a time. Confined to one thread. */
final class Verbs implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /**
   * Short, so that the server sees a release when it is told of one; the client looks at it in
   * quarters.
   */
  private static final Duration LINGER = Duration.ofMillis(20);

  private @Nullable DatastoredClient client;
  private Tape tape = new Tape();
  private final Map<String, Handle> handles = new HashMap<>();
  private final Map<String, CompletableFuture<LeaseLost>> losses = new HashMap<>();

  /** The answer's `ok`. */
  JsonObject apply(String verb, JsonObject request) throws Exception {
    return switch (verb) {
      case "connect" -> connect(request);
      case "lookup" -> lookup(request);
      case "hold" -> hold(request);
      case "release" -> release(request);
      case "lease" -> lease(request);
      case "await_lost" -> awaitLost(request);
      case "watch" -> watch(request);
      case "next" -> next(request);
      case "close" -> {
        close();
        yield new JsonObject();
      }
      default -> throw new IllegalArgumentException("no verb " + verb);
    };
  }

  private JsonObject connect(JsonObject request) throws Exception {
    close();
    tape = new Tape();
    DatastoredClient opened =
        DatastoredClient.create(
            ClientOptions.builder(request.get("target").getAsString())
                .holder(request.get("client").getAsString(), "")
                .ttl(Duration.ofMillis(request.get("ttl_ms").getAsLong()))
                .times(times -> times.withLinger(LINGER))
                .build());
    client = opened;
    opened.addListener(tape);
    opened.start();
    SessionOpened session = tape.session(patience(request));
    var ok = new JsonObject();
    ok.addProperty("session_id", session.sessionId());
    ok.addProperty("ttl_ms", session.ttl().toMillis());
    return ok;
  }

  private JsonObject lookup(JsonObject request) {
    try (Handle handle = ask(request, Operation.LOOKUP)) {
      return answer(handle);
    }
  }

  private JsonObject hold(JsonObject request) {
    Handle handle = ask(request, Operation.valueOf(request.get("operation").getAsString()));
    String key = request.get("as").getAsString();
    var lost = new CompletableFuture<LeaseLost>();
    handle.onLost(lost::complete);
    handles.put(key, handle);
    losses.put(key, lost);
    JsonObject ok = answer(handle);
    ok.addProperty("lease_id", handle.leaseId().orElseThrow());
    ok.addProperty("fencing_token", handle.fencingToken().orElseThrow());
    return ok;
  }

  private Handle ask(JsonObject request, Operation operation) {
    LookupOptions wanted = LookupOptions.DEFAULT.withDeadline(patience(request));
    JsonElement atLeast = request.get("at_least");
    if (atLeast != null) {
      JsonObject revision = atLeast.getAsJsonObject();
      wanted =
          wanted.withAtLeast(
              Revision.newBuilder()
                  .setIncarnation(revision.get("incarnation").getAsString())
                  .setGeneration(revision.get("generation").getAsLong())
                  .build());
    }
    JsonElement purpose = request.get("purpose");
    if (purpose != null) {
      wanted = wanted.withPurpose(purpose.getAsString());
    }
    return client().lookup(request.get("datastore").getAsString(), operation, wanted);
  }

  private static JsonObject answer(Handle handle) {
    var ok = new JsonObject();
    ok.add("datastore", Shown.datastore(handle.datastore()));
    ok.add("revision", Shown.revision(handle.revision()));
    return ok;
  }

  private JsonObject release(JsonObject request) {
    handle(request).close();
    return new JsonObject();
  }

  private JsonObject lease(JsonObject request) {
    Handle handle = handle(request);
    var ok = new JsonObject();
    ok.addProperty("alive", handle.alive());
    ok.addProperty("fencing_token", handle.fencingToken().orElseThrow());
    return ok;
  }

  private JsonObject awaitLost(JsonObject request) throws Exception {
    String key = request.get("as").getAsString();
    CompletableFuture<LeaseLost> lost = losses.get(key);
    if (lost == null) {
      throw new IllegalArgumentException("no lease " + key);
    }
    var ok = new JsonObject();
    LeaseLost told = lost.get(patience(request).toMillis(), TimeUnit.MILLISECONDS);
    ok.addProperty("cause", told.cause().name());
    return ok;
  }

  /** The client watches everything from its start. */
  private JsonObject watch(JsonObject request) throws Exception {
    var ok = new JsonObject();
    ok.add("revision", Shown.revision(tape.first(patience(request)).revision()));
    return ok;
  }

  private JsonObject next(JsonObject request) throws Exception {
    JsonElement bookmarks = request.get("bookmarks");
    AppliedFrame frame =
        bookmarks != null && bookmarks.getAsBoolean()
            ? tape.nextOfAnyKind(patience(request))
            : tape.next(patience(request));
    return Shown.frame(frame);
  }

  private DatastoredClient client() {
    DatastoredClient connected = client;
    if (connected == null) {
      throw new IllegalStateException("not connected");
    }
    return connected;
  }

  private Handle handle(JsonObject request) {
    String key = request.get("as").getAsString();
    Handle handle = handles.get(key);
    if (handle == null) {
      throw new IllegalArgumentException("no lease " + key);
    }
    return handle;
  }

  private static Duration patience(JsonObject request) {
    JsonElement millis = request.get("timeout_ms");
    return millis == null ? PATIENCE : Duration.ofMillis(millis.getAsLong());
  }

  @Override
  public void close() {
    DatastoredClient connected = client;
    if (connected != null) {
      connected.close();
      client = null;
    }
    handles.clear();
    losses.clear();
  }
}
