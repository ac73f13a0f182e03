package io.datastored.service.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.BadRequest;
import io.datastored.daemon.GrpcCleanup;
import io.datastored.daemon.InProcessDaemon;
import io.datastored.v1.DatastoreConfigServiceGrpc;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.MaintenanceServiceGrpc;
import io.datastored.v1.Operation;
import io.datastored.v1.SessionServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.Status.Code;
import io.grpc.channelz.v1.ChannelzGrpc;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Clients that send bytes which are no request. */
final class ReadableRequestsTest {
  private static final byte[] CUT_OFF = {(byte) 0xff, (byte) 0xff, (byte) 0xff};
  private static final byte[] NOT_UTF_8 = {0x0a, 0x02, (byte) 0xff, (byte) 0xfe};

  @RegisterExtension final GrpcCleanup cleanup = new GrpcCleanup();
  @TempDir Path directory;
  private InProcessDaemon daemon;

  @BeforeEach
  void start() throws Exception {
    daemon = InProcessDaemon.start(cleanup, directory, "datastore: main\n\tpath /srv/main\n");
  }

  @AfterEach
  void stop() {
    daemon.close();
  }

  @Test
  void everyCall_bytesThatAreNoMessage_isInvalidRequest() {
    for (MethodDescriptor<?, ?> method : methods()) {
      CaughtRefusal refusal = CaughtRefusal.of(() -> send(method, CUT_OFF));

      assertThat(refusal.code()).as(method.getFullMethodName()).isEqualTo(Code.INVALID_ARGUMENT);
      assertThat(refusal.reason()).isEqualTo("INVALID_REQUEST");
      assertThat(refusal.info().getMetadataMap()).containsKey("generation");
      assertThat(refusal.detail(BadRequest.class).orElseThrow().getFieldViolationsCount()).isOne();
    }
  }

  @Test
  void lookup_textThatIsNotUtf8_saysWhatIsExpected() {
    CaughtRefusal refusal =
        CaughtRefusal.of(() -> send(DatastoreServiceGrpc.getLookupMethod(), NOT_UTF_8));

    assertThat(refusal.code()).isEqualTo(Code.INVALID_ARGUMENT);
    assertThat(refusal.status().getMessage()).isEqualTo("the request is not a LookupRequest");
  }

  @Test
  void lookup_afterBytesThatAreNoMessage_isAnsweredOnTheSameConnection() {
    CaughtRefusal.of(() -> send(DatastoreServiceGrpc.getLookupMethod(), CUT_OFF));

    var answer =
        DatastoreServiceGrpc.newBlockingStub(daemon.channel())
            .lookup(
                LookupRequest.newBuilder()
                    .setDatastore("main")
                    .setOperation(Operation.OPERATION_LOOKUP)
                    .build());
    assertThat(answer.getDatastore().getName()).isEqualTo("main");
  }

  private static List<? extends MethodDescriptor<?, ?>> methods() {
    return Stream.of(
            DatastoreServiceGrpc.getServiceDescriptor(),
            DatastoreConfigServiceGrpc.getServiceDescriptor(),
            MaintenanceServiceGrpc.getServiceDescriptor(),
            SessionServiceGrpc.getServiceDescriptor(),
            HealthGrpc.getServiceDescriptor(),
            ServerReflectionGrpc.getServiceDescriptor(),
            ChannelzGrpc.getServiceDescriptor())
        .flatMap(service -> service.getMethods().stream())
        .toList();
  }

  private void send(MethodDescriptor<?, ?> method, byte[] request) {
    var raw = method.toBuilder(new Bytes(), new Bytes()).build();
    ClientCalls.blockingServerStreamingCall(daemon.channel(), raw, CallOptions.DEFAULT, request)
        .forEachRemaining(answer -> {});
  }

  /** Messages as they are on the wire. Stateless. */
  private static final class Bytes implements Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
