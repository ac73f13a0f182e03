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
import io.datastored.client.UnavailableException;
import io.datastored.v1.Revision;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The verbs of the protocol, executed with one client at a time. Confined to one thread. */
final class Verbs implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** Short, so that the server sees a release soon; the client checks four times per linger. */
  private static final Duration LINGER = Duration.ofMillis(20);

  private static final int AT_A_TIME = 64;

  private @Nullable DatastoredClient client;
  private Tape tape = new Tape();
  private final Map<String, Handle> handles = new HashMap<>();
  private final Map<String, CompletableFuture<LeaseLost>> losses = new HashMap<>();
  private final Map<String, List<Handle>> many = new HashMap<>();

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
      case "load" -> load(request);
      case "hold_many" -> holdMany(request);
      case "count_alive" -> countAlive(request);
      case "close" -> {
        close();
        yield new JsonObject();
      }
      default -> throw new IllegalArgumentException("no verb " + verb);
    };
  }

  private JsonObject connect(JsonObject request) throws Exception {
    close();
    handles.clear();
    losses.clear();
    many.clear();
    tape = new Tape();
    DatastoredClient opened =
        DatastoredClient.create(
            ClientOptions.builder(List.of(request.get("target").getAsString().split(",")))
                .holder(request.get("client").getAsString(), "")
                .ttl(Duration.ofMillis(request.get("ttl_ms").getAsLong()))
                .times(times -> times.withLinger(LINGER))
                .build());
    client = opened;
    opened.addListener(tape);
    opened.start();
    SessionOpened session;
    try {
      session = tape.session(patience(request));
    } catch (TimeoutException late) {
      Exception why = opened.trouble().<Exception>map(known -> known).orElse(late);
      close();
      throw why;
    }
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
    JsonElement giveUp = request.get("give_up_after_ms");
    Handle handle;
    if (giveUp == null) {
      handle = ask(request, operation(request));
    } else {
      Thread caller = Thread.currentThread();
      var interrupt = new Timer(true);
      interrupt.schedule(
          new TimerTask() {
            @Override
            public void run() {
              caller.interrupt();
            }
          },
          giveUp.getAsLong());
      try {
        handle = ask(request, operation(request));
      } catch (UnavailableException e) {
        if (!(e.getCause() instanceof InterruptedException)) {
          throw e;
        }
        var ok = new JsonObject();
        ok.addProperty("gave_up", true);
        return ok;
      } finally {
        interrupt.cancel();
        boolean unused = Thread.interrupted();
      }
    }
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

  private static Operation operation(JsonObject request) {
    return Operation.valueOf(request.get("operation").getAsString());
  }

  /** Lookups that the server must answer, even if the client is FRESH. */
  private JsonObject load(JsonObject request) throws Exception {
    DatastoredClient asked = client();
    String datastore = request.get("datastore").getAsString();
    int count = request.get("count").getAsInt();
    int rate = request.get("rate").getAsInt();
    LookupOptions wanted =
        LookupOptions.DEFAULT
            .withMaxAge(Duration.ZERO)
            .withDeadline(Duration.ofMillis(request.get("call_timeout_ms").getAsLong()));
    List<CompletableFuture<Handle>> calls = new ArrayList<>();
    long began = System.nanoTime();
    while (calls.size() < count) {
      double elapsed = (System.nanoTime() - began) / 1e9;
      long due = rate == 0 ? count : Math.min(count, (long) Math.ceil(elapsed * rate));
      while (calls.size() < due) {
        calls.add(asked.lookupAsync(datastore, Operation.LOOKUP, wanted));
      }
      Thread.sleep(5);
    }
    int answered = 0;
    String failure = "";
    for (CompletableFuture<Handle> call : calls) {
      try {
        call.get().close();
        answered++;
      } catch (ExecutionException e) {
        failure = failure.isEmpty() ? String.valueOf(e.getCause()) : failure;
      }
    }
    var ok = new JsonObject();
    ok.addProperty("answered", answered);
    ok.addProperty("failed", count - answered);
    ok.addProperty("failure", failure);
    return ok;
  }

  private JsonObject holdMany(JsonObject request) throws Exception {
    LookupOptions wanted =
        LookupOptions.DEFAULT
            .withDeadline(patience(request))
            .withPurpose(request.get("purpose").getAsString());
    int count = request.get("count").getAsInt();
    String prefix = request.get("prefix").getAsString();
    List<Handle> held = new ArrayList<>();
    Deque<CompletableFuture<Handle>> calls = new ArrayDeque<>();
    for (int i = 0; i < count; i++) {
      if (calls.size() == AT_A_TIME) {
        held.add(granted(calls.remove()));
      }
      calls.add(client().lookupAsync(prefix + i, operation(request), wanted));
    }
    while (!calls.isEmpty()) {
      held.add(granted(calls.remove()));
    }
    many.put(request.get("as").getAsString(), held);
    var ok = new JsonObject();
    ok.addProperty("held", held.size());
    return ok;
  }

  private static Handle granted(CompletableFuture<Handle> call) throws Exception {
    try {
      return call.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  private JsonObject countAlive(JsonObject request) {
    String key = request.get("as").getAsString();
    List<Handle> held = many.get(key);
    if (held == null) {
      throw new IllegalArgumentException("no leases " + key);
    }
    var ok = new JsonObject();
    ok.addProperty("alive", held.stream().filter(Handle::alive).count());
    return ok;
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

  /** Answers with the first frame: the client has watched since its start. */
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
  }
}
