package io.datastored.service.trace;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A request id identifies a call in the log, in the audit log and in traces. Thread-safe. It is the
 * client's, from the metadata {@code x-request-id}, if that is a token; otherwise the server makes
 * one. It is worked out when it is first needed, so calls that are never logged do not pay for it.
 */
public final class RequestId implements Supplier<String> {
  /** The request id of the current call. */
  public static final Context.Key<RequestId> KEY = Context.key("datastored-request-id");

  /** The id of the trace of the current call, if it is traced. */
  public static final Context.Key<String> TRACE = Context.key("datastored-trace-id");

  private static final Metadata.Key<String> HEADER =
      Metadata.Key.of("x-request-id", Metadata.ASCII_STRING_MARSHALLER);
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._:-]{1,64}");

  private final Metadata headers;
  private final @Nullable MethodDescriptor<?, ?> method;
  private @Nullable String text;

  /**
   * @param method that is called; null if it is not known
   */
  public RequestId(Metadata headers, @Nullable MethodDescriptor<?, ?> method) {
    this.headers = headers;
    this.method = method;
  }

  /** The id of the current call. */
  public static RequestId current() {
    return known().orElseGet(() -> new RequestId(new Metadata(), null));
  }

  /** The id of the current call; empty if this thread works for none. */
  public static Optional<RequestId> known() {
    return Optional.ofNullable(KEY.get());
  }

  /** The id of the trace of the current call; empty if it is not traced. */
  public static Optional<String> trace() {
    return Optional.ofNullable(TRACE.get());
  }

  /** The method that is called, without its service; empty if it is not known. */
  public String method() {
    return method == null ? "" : String.valueOf(method.getBareMethodName());
  }

  @Override
  public synchronized String get() {
    String known = text;
    if (known == null) {
      String told = headers.get(HEADER);
      known =
          told != null && TOKEN.matcher(told).matches()
              ? told
              : "%016x".formatted(ThreadLocalRandom.current().nextLong());
      text = known;
    }
    return known;
  }

  @Override
  public String toString() {
    return get();
  }
}
