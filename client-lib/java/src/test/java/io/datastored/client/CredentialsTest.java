package io.datastored.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.datastored.client.fake.FakeDatastored;
import io.datastored.v1.ErrorReason;
import io.grpc.Status.Code;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Credentials that the server does not accept, or not any more, and rights that it does not grant.
 */
@Timeout(120)
final class CredentialsTest {

  private static final Duration LONG = Duration.ofMinutes(10);

  private final FakeDatastored server = FakeDatastored.inProcess();

  @BeforeEach
  void put() {
    server.put("main");
  }

  @AfterEach
  void close() {
    server.close();
  }

  private DatastoredClient started(ClientOptions.Builder options) {
    return DatastoredClient.create(options.times(times -> times.withCallDeadline(LONG)).build())
        .start();
  }

  private void refuse(String method, ErrorReason reason, Code code, int times) {
    for (int i = 0; i < times; i++) {
      server.refuseNext(method, reason, code, Map.of("detail", "the certificate has expired"));
    }
  }

  private void unauthenticated(String method) {
    refuse(method, ErrorReason.ERROR_REASON_UNAUTHENTICATED, Code.UNAUTHENTICATED, 3);
  }

  @Test
  void credentialsRunOut_everythingGoesOnWithFreshOnes() {
    try (var client = started(server.options())) {
      assertThat(client.awaitState(ClientState.FRESH, LONG)).isTrue();
      unauthenticated("Lookup");
      unauthenticated("KeepAlive");
      unauthenticated("WatchGeneration");
      server.breakWatches();

      client.lookup("main", Operation.WRITE).close();
      assertThat(client.awaitState(ClientState.FRESH, LONG)).isTrue();
      assertThat(client.trouble()).isEmpty();
    }
  }

  @Test
  void credentialsRunOut_lookupWithoutNearCacheGoesOn() {
    try (var client = started(server.options().withoutNearCache())) {
      client.lookup("main", Operation.WRITE).close();
      unauthenticated("Lookup");

      client.lookup("main", Operation.LOOKUP).close();
    }
  }

  @Test
  void credentialsAreNeverAccepted_isToldAtOnce() {
    refuse("OpenSession", ErrorReason.ERROR_REASON_UNAUTHENTICATED, Code.UNAUTHENTICATED, 1000);
    try (var client = started(server.options())) {
      assertThatThrownBy(() -> client.lookup("main", Operation.WRITE))
          .isInstanceOfSatisfying(
              RefusedException.class,
              refused ->
                  assertThat(refused.reason()).isEqualTo(ErrorReason.ERROR_REASON_UNAUTHENTICATED));
    }
  }

  @Test
  void permissionDenied_isToldAtOnceAndNotRemembered() {
    try (var client = started(server.options())) {
      assertThat(client.awaitState(ClientState.FRESH, LONG)).isTrue();
      refuse("Lookup", ErrorReason.ERROR_REASON_PERMISSION_DENIED, Code.PERMISSION_DENIED, 1);

      assertThatThrownBy(() -> client.lookup("main", Operation.WRITE))
          .isInstanceOfSatisfying(
              RefusedException.class,
              refused ->
                  assertThat(refused.reason())
                      .isEqualTo(ErrorReason.ERROR_REASON_PERMISSION_DENIED));
      // The rules have changed.
      client.lookup("main", Operation.WRITE).close();
    }
  }
}
