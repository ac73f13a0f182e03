package io.datastored.service;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.datastored.daemon.GrpcCleanup;
import io.datastored.daemon.InProcessDaemon;
import io.datastored.v1.CloseSessionRequest;
import io.datastored.v1.KeepAliveRequest;
import io.datastored.v1.ListLeasesRequest;
import io.datastored.v1.ListSessionsRequest;
import io.datastored.v1.OpenSessionRequest;
import io.datastored.v1.SessionServiceGrpc;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

final class UnimplementedCallsTest {
  @RegisterExtension final GrpcCleanup cleanup = new GrpcCleanup();
  @TempDir Path directory;

  @Test
  void sessionService_everyCall_comesLater() throws Exception {
    try (var daemon = InProcessDaemon.start(cleanup, directory, "")) {
      var sessions = SessionServiceGrpc.newBlockingStub(daemon.channel());
      List<ThrowingCallable> calls =
          List.of(
              () -> sessions.openSession(OpenSessionRequest.getDefaultInstance()),
              () -> sessions.keepAlive(KeepAliveRequest.getDefaultInstance()),
              () -> sessions.closeSession(CloseSessionRequest.getDefaultInstance()),
              () -> sessions.listSessions(ListSessionsRequest.getDefaultInstance()),
              () -> sessions.listLeases(ListLeasesRequest.getDefaultInstance()));
      calls.forEach(call -> assertThatThrownBy(call).hasMessageContaining("UNIMPLEMENTED"));
    }
  }
}
