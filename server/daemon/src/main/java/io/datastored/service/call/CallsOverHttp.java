package io.datastored.service.call;

import com.google.common.primitives.Ints;
import com.google.protobuf.MessageOrBuilder;
import io.datastored.access.Subject;
import io.datastored.service.wire.Caller;
import io.datastored.service.wire.JsonAnswer;
import io.datastored.v1.DatastoreView;
import io.datastored.v1.ListLeasesRequest;
import io.datastored.v1.StatusRequest;
import io.datastored.v1.StatusResponse;
import io.grpc.StatusRuntimeException;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Calls over HTTP are read-only calls of the contract whose parameters come from a URL.
 * Thread-safe: immutable.
 */
public final class CallsOverHttp {
  private final StatusCall status;
  private final SessionCalls sessions;

  public CallsOverHttp(StatusCall status, SessionCalls sessions) {
    this.status = status;
    this.sessions = sessions;
  }

  /**
   * The call Status.
   *
   * @param parameters {@code datastore}, {@code page_size} and {@code page_token}, as in the
   *     contract; others are ignored. As by the command, one datastore is shown in full
   */
  public JsonAnswer status(Subject subject, SocketAddress peer, Map<String, String> parameters) {
    var request =
        StatusRequest.newBuilder()
            .setDatastore(parameters.getOrDefault("datastore", ""))
            .setPageToken(parameters.getOrDefault("page_token", ""));
    request.setPageSize(pageSize(parameters));
    if (!request.getDatastore().isEmpty()) {
      request.setView(DatastoreView.DATASTORE_VIEW_FULL);
    }
    return answer(() -> status.answer(request.build(), caller(subject, peer)));
  }

  /**
   * The call ListLeases.
   *
   * @param parameters {@code datastore}, {@code page_size} and {@code page_token}, as in the
   *     contract; others are ignored
   */
  public JsonAnswer leases(Subject subject, SocketAddress peer, Map<String, String> parameters) {
    var request =
        ListLeasesRequest.newBuilder()
            .setDatastore(parameters.getOrDefault("datastore", ""))
            .setPageToken(parameters.getOrDefault("page_token", ""))
            .setPageSize(pageSize(parameters));
    return answer(() -> sessions.leases(request.build(), caller(subject, peer)));
  }

  /**
   * A text is the answer to a call as people read it. Immutable.
   *
   * @param http the status of HTTP that stands for the status of the call
   */
  public record Text(int http, String text) {}

  /**
   * The call Status for all datastores.
   *
   * @param server where this one is, for people
   */
  public Text text(Subject subject, SocketAddress peer, StatusText shown, String server) {
    List<StatusResponse> pages = new ArrayList<>();
    String token = "";
    try {
      do {
        StatusResponse page =
            status.answer(
                StatusRequest.newBuilder().setPageToken(token).build(), caller(subject, peer));
        pages.add(page);
        token = page.getNextPageToken();
      } while (!token.isEmpty());
    } catch (StatusRuntimeException refusal) {
      return new Text(
          JsonAnswer.of(refusal).http(), String.valueOf(refusal.getStatus().getDescription()));
    }
    return new Text(200, shown.of(pages, server));
  }

  private static Caller caller(Subject subject, SocketAddress peer) {
    return new Caller(subject, Optional.of(peer), 0);
  }

  /** Not a number: a size that is refused with the name of its field. */
  private static int pageSize(Map<String, String> parameters) {
    String size = parameters.getOrDefault("page_size", "0");
    return Optional.ofNullable(Ints.tryParse(size)).orElse(-1);
  }

  private static JsonAnswer answer(Supplier<MessageOrBuilder> call) {
    try {
      return JsonAnswer.of(call.get());
    } catch (StatusRuntimeException refusal) {
      return JsonAnswer.of(refusal);
    }
  }
}
