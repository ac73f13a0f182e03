package io.datastored.admin;

import com.google.common.base.Ticker;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.datastored.access.Subject;
import io.datastored.admin.metric.Metrics;
import io.datastored.engine.Engine;
import io.datastored.engine.Lookup;
import io.datastored.engine.Refused;
import io.datastored.engine.health.Trouble;
import io.datastored.engine.health.TroubleCause;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.file.StoreException;
import io.datastored.operation.Operation;
import io.datastored.service.call.CallsOverHttp;
import io.datastored.service.call.StatusText;
import io.datastored.service.wire.JsonAnswer;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** Admin pages are what the admin listener of a server shows, assembled. Stateless. */
final class AdminPages {
  /** A look at the store writes a file as large as the state, and syncs it. */
  private static final Duration STORE_FRESHNESS = Duration.ofSeconds(5);

  private final AdminSources sources;
  private final Optional<StatusText> statusText;
  private final Engine engine;
  private final Ticker ticker;
  private final ImmutableList<ReadinessCheck> checks;

  /**
   * @param statusText prints a status for a terminal
   * @param looks runs what may hang
   */
  AdminPages(AdminSources sources, Optional<StatusText> statusText, Executor looks) {
    this.statusText = statusText;
    this.sources = sources;
    this.engine = sources.engine();
    this.ticker = sources.ticker();
    this.checks = checks(looks);
  }

  /** The checks of readiness, and whether each was passed when it was last made. */
  ImmutableMap<String, Boolean> passed() {
    return checks.stream()
        .collect(ImmutableMap.toImmutableMap(ReadinessCheck::name, check -> !check.isFailing()));
  }

  /**
   * All of them by path.
   *
   * @param streams feed the status pages
   * @param server where this one is, for people
   */
  ImmutableMap<String, Resource> all(
      CompletableFuture<Metrics> metrics, EventStreams streams, String server) {
    CallsOverHttp calls = sources.services().overHttp().calls();
    return ImmutableMap.<String, Resource>builder()
        .put("/", new FrontPage(calls, statusText, server))
        .put("/table", new TablePage(calls, server))
        .put("/events", question -> events(streams, question))
        .put("/status.json", question -> call(calls::status, question))
        .put("/leases.json", question -> call(calls::leases, question))
        .put("/metrics", question -> metrics(metrics, question))
        .put("/livez", new LivePage(new Liveness(engine)))
        .put("/readyz", new ReadyPage(checks))
        .buildOrThrow();
  }

  /** The stream that an open status page reads. */
  private static Answer events(EventStreams streams, Question question) {
    String after = question.parameters().get("after").stream().findFirst().orElse("");
    return Answer.takenOverBy(exchange -> streams.begin(exchange, question.looker(), after));
  }

  /** A call that only reads, over HTTP. */
  private interface Call {
    JsonAnswer answer(Subject subject, SocketAddress peer, Map<String, String> parameters);
  }

  /** What a command prints with {@code --output json}: the same message with the same rights. */
  private static Answer call(Call call, Question question) {
    ImmutableMap.Builder<String, String> last = ImmutableMap.builder();
    question.parameters().forEach(last::put);
    Looker looker = question.looker();
    JsonAnswer answer = call.answer(looker.subject(), looker.peer(), last.buildKeepingLast());
    return Answer.json(answer.http(), answer.document());
  }

  /** What Prometheus reads; there are metrics soon after the start. */
  private static Answer metrics(CompletableFuture<Metrics> metrics, Question question) {
    Metrics.Page page = metrics.join().page(question.accept());
    return new Answer(200, page.contentType(), page.body());
  }

  private ImmutableList<ReadinessCheck> checks(Executor looks) {
    CheckLimits often = CheckLimits.defaults();
    var checks = ImmutableList.<ReadinessCheck>builder();
    checks.add(ReadinessCheck.of("serving", sources.life()::whyNotServing));
    checks.add(ReadinessCheck.of("tasks", this::stalledTask));
    checks.add(
        new BoundedCheck(
            "lookup",
            "a lookup has not been answered in time",
            looks,
            this::lookup,
            often,
            ticker));
    checks.add(
        new BoundedCheck(
            "store",
            "the disk of the state directory has not answered in time",
            looks,
            this::store,
            often.withFreshness(STORE_FRESHNESS),
            ticker));
    checks.add(ReadinessCheck.of("leases", () -> trouble(TroubleCause.LEASES)));
    checks.add(free("calls", "too many calls are waiting for a disk", sources.pools()));
    checks.add(
        free("transport", "a thread that serves connections is overloaded", sources.loops()));
    checks.add(new BasePathCheck(engine));
    return checks.build();
  }

  /** Each of these takes a task in time. */
  private ReadinessCheck free(String name, String fault, ImmutableList<? extends Executor> all) {
    return ReadinessCheck.all(
        name,
        all.stream()
            .map(
                one ->
                    new BoundedCheck(
                        name, fault, one, Optional::empty, CheckLimits.defaults(), ticker))
            .toList());
  }

  private Optional<String> stalledTask() {
    ImmutableList<String> stalled = engine.tasks().stalledNow();
    return stalled.isEmpty()
        ? Optional.empty()
        : Optional.of("the %s has died or hangs".formatted(String.join(", ", stalled)));
  }

  /** As the first datastore is asked for; what the configuration refuses is an answer. */
  private Optional<String> lookup() throws StoreException {
    ImmutableList<Datastore> all = engine.freshSnapshot().byName();
    if (all.isEmpty()) {
      return Optional.empty();
    }
    Lookup answer = engine.lookup(all.get(0).name(), Operation.LOOKUP);
    if (answer instanceof Refused refused) {
      return refused.reason() == Refused.Reason.NOT_READY
          ? Optional.of(refused.detail())
          : Optional.empty();
    }
    answer.handle().close();
    return Optional.empty();
  }

  private Optional<String> store() throws StoreException {
    engine.probeStore();
    return trouble(TroubleCause.STATE);
  }

  private Optional<String> trouble(TroubleCause cause) {
    return engine.troubles().ofServer(cause).map(Trouble::message);
  }
}
