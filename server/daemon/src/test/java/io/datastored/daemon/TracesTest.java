package io.datastored.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.DrainRequest;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.LookupResponse;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.MaintenanceServiceGrpc;
import io.datastored.v1.Operation;
import io.datastored.v1.ReleaseRequest;
import io.datastored.v1.SetMaintenanceModeRequest;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a real server sends to a receiver of OTLP. */
@Tag("long")
final class TracesTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String CALLER = "00f067aa0ba902b7";

  @RegisterExtension final GrpcCleanup cleanup = new GrpcCleanup();
  @TempDir Path directory;

  private final List<SentSpan> received = new CopyOnWriteArrayList<>();
  private HttpServer receiver;

  @BeforeEach
  void receive() throws IOException {
    receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.createContext("/v1/traces", this::take);
    receiver.start();
    Files.writeString(
        directory.resolve("datastore.cfg"),
        "datastore: main\n\tpath %s\n".formatted(Files.createDirectory(directory.resolve("main"))));
  }

  @AfterEach
  void stop() {
    receiver.stop(0);
  }

  private void take(HttpExchange exchange) {
    try (exchange) {
      received.addAll(SentSpan.of(exchange.getRequestBody().readAllBytes()));
      exchange.sendResponseHeaders(200, -1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ServerProcess start(Map<String, String> environment, String... options)
      throws IOException {
    return ServerProcess.start(environment, List.of(), directory, List.of(), options);
  }

  private Map<String, String> toReceiver() {
    return Map.of(
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "http://127.0.0.1:" + receiver.getAddress().getPort(),
        "OTEL_BSP_SCHEDULE_DELAY",
        "50");
  }

  private SentSpan span(String name) {
    await().until(() -> received.stream().anyMatch(span -> span.name().equals(name)));
    return received.stream().filter(span -> span.name().equals(name)).findFirst().orElseThrow();
  }

  private Channel traced(ServerProcess server) {
    var headers = new Metadata();
    headers.put(
        Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER),
        "00-%s-%s-01".formatted(TRACE, CALLER));
    return ClientInterceptors.intercept(
        cleanup.register(server.connect()), MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  @Test
  void callsCommitsAndDrains_areSpansOfTheCallersTrace() throws Exception {
    try (ServerProcess server = start(toReceiver())) {
      Channel channel = traced(server);
      var datastores = DatastoreServiceGrpc.newBlockingStub(channel);
      LookupResponse held =
          datastores.lookup(
              LookupRequest.newBuilder()
                  .setDatastore("main")
                  .setOperation(Operation.OPERATION_WRITE)
                  .build());
      var maintenance = MaintenanceServiceGrpc.newBlockingStub(channel);
      var unused =
          maintenance.setMaintenanceMode(
              SetMaintenanceModeRequest.newBuilder()
                  .setDatastore("main")
                  .setMode(MaintenanceMode.MAINTENANCE_MODE_READ_ONLY)
                  .build());
      var drain = maintenance.drain(DrainRequest.newBuilder().setDatastore("main").build());
      assertThat(drain.hasNext()).isTrue();
      var released =
          datastores.release(
              ReleaseRequest.newBuilder().setLeaseId(held.getLease().getLeaseId()).build());
      drain.forEachRemaining(answer -> {});

      SentSpan lookup = span("datastored.v1.DatastoreService/Lookup");
      assertThat(lookup.trace()).isEqualTo(TRACE);
      assertThat(lookup.parent()).isEqualTo(CALLER);
      assertThat(lookup.attributes())
          .containsEntry("rpc.system", "grpc")
          .containsEntry("rpc.method", "Lookup")
          .containsEntry("rpc.grpc.status_code", "0");
      SentSpan set = span("datastored.v1.MaintenanceService/SetMaintenanceMode");
      SentSpan commit = span("commit");
      assertThat(commit.trace()).isEqualTo(TRACE);
      assertThat(commit.parent()).isEqualTo(set.id());
      assertThat(commit.attributes())
          .containsEntry("datastored.cause", "write")
          .containsKeys("datastored.sync_seconds", "datastored.revision");
      SentSpan drained = span("drain");
      assertThat(drained.parent()).isEqualTo(span("datastored.v1.MaintenanceService/Drain").id());
      assertThat(drained.attributes())
          .containsEntry("datastored.datastore", "main")
          .containsEntry("datastored.state", "DRAINED");
      assertThat(drained.events()).anyMatch(event -> event.contains("1 lease"));
    }
  }

  @Test
  void withoutVariables_noClassOfTracingIsLoaded() throws Exception {
    try (ServerProcess server =
        ServerProcess.start(directory, List.of("-Xlog:class+load:file=" + classes()))) {
      var datastores = DatastoreServiceGrpc.newBlockingStub(cleanup.register(server.connect()));
      var unused =
          datastores.lookup(
              LookupRequest.newBuilder()
                  .setDatastore("main")
                  .setOperation(Operation.OPERATION_WRITE)
                  .build());

      assertThat(Files.readString(classes()))
          .contains("io.datastored.service.call.LookupCalls ")
          .doesNotContain("[class,load] io.opentelemetry")
          // What the interceptor makes of a call.
          .doesNotContain("io.datastored.service.trace.Traces$");
      assertThat(received).isEmpty();
    }
  }

  private Path classes() {
    return directory.resolve("classes");
  }

  @Test
  void variablesThatCannotBeFollowed_stopTheStart() throws Exception {
    try (ServerProcess server = start(Map.of("OTEL_TRACES_EXPORTER", "jaeger"))) {
      assertThat(server.awaitExit(30)).isEqualTo(2);
      assertThat(server.err()).contains("OTEL_", "jaeger");
    }
    try (ServerProcess server =
        start(Map.of("OTEL_TRACES_EXPORTER", "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"))) {
      assertThat(server.awaitExit(30)).isEqualTo(2);
      assertThat(server.err()).contains("http/protobuf");
    }
  }

  @Test
  void receiverThatIsGone_costsNothingButLines() throws Exception {
    receiver.stop(0);
    try (ServerProcess server = start(toReceiver(), "--grace=1s")) {
      var datastores = DatastoreServiceGrpc.newBlockingStub(traced(server));
      var unused =
          datastores.lookup(
              LookupRequest.newBuilder()
                  .setDatastore("main")
                  .setOperation(Operation.OPERATION_LOOKUP)
                  .build());
      server.terminate();
      assertThat(server.awaitExit(20)).as(server::err).isZero();
    }
  }
}
