package io.datastored.etcd.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.etcd.client.EtcdChannels.Member;
import io.datastored.etcd.client.EtcdOptions.Login;
import io.datastored.etcd.proto.AuthGrpc;
import io.datastored.etcd.proto.Rpc;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The token by which etcd knows the user, for all calls of a client. Thread-safe. */
final class EtcdTokens {

  /** There is no user, or etcd asks for none. */
  static final String NONE = "";

  private final Optional<Login> login;
  private final Duration timeout;

  @GuardedBy("this")
  private @Nullable String token;

  EtcdTokens(EtcdOptions options) {
    this.login = options.login();
    this.timeout = options.requestTimeout();
  }

  /**
   * The token to send; gets one of this member if there is none.
   *
   * @throws StatusRuntimeException if the member gives none
   */
  synchronized String at(Member member) {
    String known = token;
    if (known == null) {
      known = login.isPresent() ? authenticate(member, login.get()) : NONE;
      token = known;
    }
    return known;
  }

  private String authenticate(Member member, Login login) {
    try {
      return AuthGrpc.newBlockingStub(member.channel())
          .withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS)
          .authenticate(
              Rpc.AuthenticateRequest.newBuilder()
                  .setName(login.user())
                  .setPassword(login.password())
                  .build())
          .getToken();
    } catch (StatusRuntimeException e) {
      String text = e.getStatus().getDescription();
      if (e.getStatus().getCode() == Status.Code.FAILED_PRECONDITION
          && text != null
          && text.contains("authentication is not enabled")) {
        return NONE;
      }
      throw e;
    }
  }

  /**
   * Does not use this token any more.
   *
   * @return whether there is a user, so that the next one may be better
   */
  synchronized boolean refused(String refused) {
    if (refused.equals(token)) {
      token = null;
    }
    return login.isPresent();
  }
}
