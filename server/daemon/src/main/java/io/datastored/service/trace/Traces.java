package io.datastored.service.trace;

import io.datastored.engine.CommitTimes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Traces are spans for calls, commits and drains, sent to the receiver that the standard variables
 * of OpenTelemetry name. Thread-safe: immutable. A server without them has no interceptor of this
 * room in the path of its calls.
 */
public final class Traces implements ServerInterceptor {
  private static final Context.Key<io.opentelemetry.context.Context> PARENT =
      Context.key("datastored-span");

  private static final TextMapGetter<Metadata> HEADERS =
      new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(Metadata headers) {
          return headers.keys();
        }

        @Override
        public @Nullable String get(@Nullable Metadata headers, String name) {
          return headers == null
              ? null
              : headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
        }
      };

  private final Tracer tracer;
  private final TextMapPropagator propagator;
  private final InstantSource wallClock;

  /**
   * @param wallClock of the start of a commit, which is known when it has ended
   */
  public Traces(OpenTelemetry to, InstantSource wallClock) {
    this.tracer = to.getTracer("io.datastored");
    this.propagator = to.getPropagators().getTextMapPropagator();
    this.wallClock = wallClock;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    var method = call.getMethodDescriptor();
    var parent = propagator.extract(io.opentelemetry.context.Context.root(), headers, HEADERS);
    Span span =
        tracer
            .spanBuilder(method.getFullMethodName())
            .setSpanKind(SpanKind.SERVER)
            .setParent(parent)
            .setAttribute("rpc.system", "grpc")
            .setAttribute("rpc.service", String.valueOf(method.getServiceName()))
            .setAttribute("rpc.method", String.valueOf(method.getBareMethodName()))
            .startSpan();
    var traced =
        new SimpleForwardingServerCall<>(call) {
          @Override
          public void close(Status status, Metadata trailers) {
            end(span, status);
            super.close(status, trailers);
          }
        };
    Context context =
        Context.current()
            .withValues(
                PARENT, parent.with(span), RequestId.TRACE, span.getSpanContext().getTraceId());
    return new SimpleForwardingServerCallListener<>(
        Contexts.interceptCall(context, traced, headers, next)) {
      @Override
      public void onCancel() {
        end(span, Status.CANCELLED);
        super.onCancel();
      }
    };
  }

  /** Ends the span of a call; the first end counts. */
  private static void end(Span span, Status status) {
    if (span.isRecording()) {
      span.setAttribute("rpc.grpc.status_code", status.getCode().value());
      if (isServersFault(status)) {
        span.setStatus(StatusCode.ERROR, String.valueOf(status.getDescription()));
      }
      span.end();
    }
  }

  /** As the conventions of OpenTelemetry for servers say: a refusal is an answer. */
  private static boolean isServersFault(Status status) {
    return switch (status.getCode()) {
      case UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS -> true;
      default -> false;
    };
  }

  private static io.opentelemetry.context.Context parent() {
    var known = PARENT.get();
    return known == null ? io.opentelemetry.context.Context.root() : known;
  }

  /** Adds the span of a commit, which has just ended on this thread. */
  public void committed(CommitTimes commit) {
    Instant end = wallClock.instant();
    Duration total = commit.total();
    var builder =
        tracer
            .spanBuilder("commit")
            .setParent(parent())
            .setStartTimestamp(end.minus(total))
            .setAttribute("datastored.cause", commit.cause().word())
            .setAttribute("datastored.revision", commit.revision().toString());
    commit
        .parts()
        .forEach(
            (part, spent) ->
                builder.setAttribute(
                    "datastored." + part.word() + "_seconds", spent.toNanos() / 1e9));
    builder.startSpan().end(end);
  }

  /**
   * Begins the span of a drain, of the current call.
   *
   * @param datastore that is drained
   */
  public DrainSpan drain(String datastore) {
    return new DrainSpan(
        tracer
            .spanBuilder("drain")
            .setParent(parent())
            .setAttribute("datastored.datastore", datastore)
            .startSpan());
  }

  /** A drain span is an open span of a drain. Thread-safe. */
  public static final class DrainSpan {
    private static final AttributeKey<String> FOR = AttributeKey.stringKey("datastored.for");

    private final Span span;

    private DrainSpan(Span span) {
      this.span = span;
    }

    /** Records a change of what the drain waits for. */
    public void waitsFor(String sentence) {
      span.addEvent("waits", Attributes.of(FOR, sentence));
    }

    /** Records the final state of the drain. */
    public void answered(String state) {
      span.setAttribute("datastored.state", state);
    }

    /** Ends the span. Idempotent. */
    public void end() {
      span.end();
    }
  }
}
