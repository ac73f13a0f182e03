package io.datastored.admin.metric;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Timestamp;
import io.datastored.admin.AdminAddress;
import io.datastored.daemon.DaemonOptions;
import io.datastored.daemon.GrpcCleanup;
import io.datastored.daemon.InProcessDaemon;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.DatastoreServiceGrpc.DatastoreServiceBlockingStub;
import io.datastored.v1.DrainRequest;
import io.datastored.v1.DrainResponse;
import io.datastored.v1.Holder;
import io.datastored.v1.KeepAliveRequest;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.MaintenanceServiceGrpc;
import io.datastored.v1.OpenSessionRequest;
import io.datastored.v1.OpenSessionResponse;
import io.datastored.v1.Operation;
import io.datastored.v1.Revision;
import io.datastored.v1.SessionServiceGrpc;
import io.datastored.v1.SetMaintenanceModeRequest;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a whole server shows to Prometheus. */
final class MetricsTest {
  private static final Pattern TYPE = Pattern.compile("(?m)^# TYPE (\\S+) (\\S+)$");

  private static final Set<Metric> OF_SEVERAL =
      EnumSet.range(Metric.REPLICA_AUTHORITY, Metric.REPLICA_SEALS);

  @RegisterExtension final GrpcCleanup cleanup = new GrpcCleanup();
  @TempDir Path directory;

  private InProcessDaemon start(String config, Consumer<DaemonOptions.Builder> changes)
      throws Exception {
    return InProcessDaemon.start(
        cleanup,
        directory,
        config,
        options -> {
          options.admin.listen = Optional.of(AdminAddress.parse("127.0.0.1:0"));
          changes.accept(options);
        });
  }

  private static String scrape(InProcessDaemon daemon, String accept) {
    try {
      var connection =
          (HttpURLConnection)
              URI.create(daemon.daemon().adminUrl().orElseThrow() + "/metrics")
                  .toURL()
                  .openConnection();
      connection.setRequestProperty("Accept", accept);
      try (var in = connection.getInputStream()) {
        return new String(in.readAllBytes(), UTF_8);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String scrape(InProcessDaemon daemon) {
    return scrape(daemon, "text/plain");
  }

  @Test
  void metricsOfTheCatalog_areShown_andNoOthers() throws Exception {
    try (InProcessDaemon daemon =
        start(
            "datastore: main\n\tpath %s\n\ndatastore: free\n\tpath %s\n"
                .formatted(
                    Files.createDirectory(directory.resolve("main")),
                    Files.createDirectory(directory.resolve("free"))),
            options -> {
              options.admin.seriesPerDatastore = 10;
              // Every call that may touch a disk is a slow one.
              options.service.slowCall = Optional.of(Duration.ofNanos(1));
            })) {
      // Waits for what is loaded in the background, and counts from then on.
      assertThat(scrape(daemon)).contains("datastored_generation ");
      // A lease that a drain waits for, and a client that has applied the mode.
      DatastoreServiceBlockingStub calls = DatastoreServiceGrpc.newBlockingStub(daemon.channel());
      var unused = calls.lookup(lookup("main", Operation.OPERATION_READ));
      setOffline(daemon);
      keepAlive(daemon);
      Iterator<DrainResponse> drain =
          MaintenanceServiceGrpc.newBlockingStub(daemon.channel())
              .drain(DrainRequest.newBuilder().setDatastore("main").build());
      assertThat(drain.hasNext()).isTrue();

      await()
          .untilAsserted(
              () ->
                  assertThat(types(scrape(daemon)))
                      .containsExactlyInAnyOrderElementsOf(
                          Stream.of(Metric.values())
                              // In-process, there is no TLS, and the server is alone.
                              .filter(metric -> metric != Metric.CERTIFICATE)
                              .filter(metric -> !OF_SEVERAL.contains(metric))
                              .map(metric -> MetricTest.shown(metric) + " " + type(metric))
                              .collect(Collectors.toSet())));
      assertThat(scrape(daemon))
          .contains(
              "datastored_datastores{mode=\"offline\"} 1.0",
              "datastored_maintenance_expected_end_timestamp_seconds{mode=\"offline\"} 4.1E9",
              "datastored_drain_blockers{end=\"ahead\",kind=\"leases\",mode=\"offline\"} 1.0",
              "datastored_ready{check=\"store\"} 1.0",
              "datastored_limit_taken{limit=\"max-leases\"} 1.0",
              "datastored_limit_taken_by_one{limit=\"max-leases\"} 1.0",
              "datastored_promised_seconds 60.0",
              "datastored_slow_calls_total{method=\"SetMaintenanceMode\"} 1.0",
              "datastored_drains_ended_total{state=\"drained\"} 0.0",
              "datastored_leases 1.0",
              "datastored_replica_unconfirmed_seconds 0.0",
              "datastored_replica_silent_replicas 0.0",
              "datastored_build_version{version=\"1.2.3-test\"} 1.0",
              "datastored_change_applied_seconds_count 1",
              "datastored_datastore_mode{datastore=\"main\",mode=\"offline\"} 1.0",
              "datastored_reloads_total{cause=\"write\"} 1.0",
              "datastored_reloads_total{cause=\"start\"} 1.0",
              "datastored_calls_total{code=\"OK\",method=\"Lookup\",reason=\"\"} 1.0");
      assertThat(scrape(daemon, "application/openmetrics-text; version=1.0.0")).endsWith("# EOF\n");
    }
  }

  private static Set<String> types(String scraped) {
    return TYPE.matcher(scraped)
        .results()
        .map((MatchResult found) -> found.group(1) + " " + found.group(2))
        .collect(Collectors.toSet());
  }

  private static String type(Metric metric) {
    return switch (metric.kind()) {
      case GAUGE -> "gauge";
      case COUNTER -> "counter";
      case HISTOGRAM -> "histogram";
    };
  }

  private static LookupRequest lookup(String name, Operation operation) {
    return LookupRequest.newBuilder().setDatastore(name).setOperation(operation).build();
  }

  private static void setOffline(InProcessDaemon daemon) {
    var unused =
        MaintenanceServiceGrpc.newBlockingStub(daemon.channel())
            .setMaintenanceMode(
                SetMaintenanceModeRequest.newBuilder()
                    .setDatastore("main")
                    .setMode(MaintenanceMode.MAINTENANCE_MODE_OFFLINE)
                    .setExpectedEnd(Timestamp.newBuilder().setSeconds(4_100_000_000L))
                    .build());
  }

  private static void keepAlive(InProcessDaemon daemon) {
    var sessions = SessionServiceGrpc.newBlockingStub(daemon.channel());
    OpenSessionResponse session =
        sessions.openSession(
            OpenSessionRequest.newBuilder()
                .setHolder(Holder.newBuilder().setClient("test"))
                .setCaches(true)
                .build());
    var now = daemon.engine().snapshot().revision();
    var unused =
        sessions.keepAlive(
            KeepAliveRequest.newBuilder()
                .setSessionId(session.getSessionId())
                .setApplied(
                    Revision.newBuilder()
                        .setIncarnation(now.incarnation().value())
                        .setGeneration(now.generation().value()))
                .build());
  }

  @Test
  void refusals_areCountedWithTheirReasons() throws Exception {
    try (InProcessDaemon daemon = start("", options -> {})) {
      DatastoreServiceBlockingStub calls = DatastoreServiceGrpc.newBlockingStub(daemon.channel());
      for (String name : List.of("other", "other", "not a name")) {
        assertThat(
                catchThrowableOfType(
                    StatusRuntimeException.class,
                    () -> calls.lookup(lookup(name, Operation.OPERATION_READ))))
            .isNotNull();
      }

      assertThat(scrape(daemon))
          .contains(
              "datastored_calls_total{code=\"NOT_FOUND\",method=\"Lookup\",reason=\"DATASTORE_NOT_FOUND\"}"
                  + " 2.0",
              "datastored_calls_total{code=\"INVALID_ARGUMENT\",method=\"Lookup\",reason=\"INVALID_REQUEST\"}"
                  + " 1.0");
    }
  }

  @Test
  void edits_areCountedByWhatFoundThem() throws Exception {
    try (InProcessDaemon daemon = start("", options -> {})) {
      daemon.edit("datastore: main\n\tpath /srv/main\n");

      await().until(() -> scrape(daemon).contains("datastored_reloads_total{cause=\"edit\"} 1.0"));
      await()
          .until(
              () ->
                  Pattern.compile("datastored_config_edits_found_total\\{by=\"\\w+\"\\} 1\\.0")
                      .matcher(scrape(daemon))
                      .find());
    }
  }

  @Test
  void tenThousandDatastores_makeNoMoreSeriesThanOne() throws Exception {
    String config =
        Stream.iterate(0, i -> i < 10_000, i -> i + 1)
            .map("datastore: store%1$d\n\tpath /srv/store%1$d\n"::formatted)
            .collect(Collectors.joining("\n"));
    try (InProcessDaemon daemon = start(config, options -> {})) {
      String scraped = scrape(daemon);

      assertThat(scraped).contains("datastored_datastores{mode=\"none\"} 10000.0");
      assertThat(scraped.length()).isLessThan(200_000);
      assertThat(scraped.lines().filter(line -> !line.startsWith("#")).count()).isLessThan(200);
      assertThat(scraped)
          .contains("datastored_datastore_omitted 10000.0")
          .doesNotContain("\"store1\"");
    }
  }

  @Test
  void seriesOfDatastores_areAsManyAsTheOptionSays_maintenanceFirst() throws Exception {
    String config =
        Stream.of("alpha", "beta", "main")
            .map("datastore: %1$s\n\tpath /srv/%1$s\n"::formatted)
            .collect(Collectors.joining("\n"));
    try (InProcessDaemon daemon = start(config, options -> options.admin.seriesPerDatastore = 2)) {
      setOffline(daemon);

      assertThat(scrape(daemon))
          .contains(
              "datastored_datastore_leases{datastore=\"main\"} 0.0",
              "datastored_datastore_leases{datastore=\"alpha\"} 0.0",
              "datastored_datastore_omitted 1.0")
          .doesNotContain("datastore=\"beta\"");
    }
  }
}
