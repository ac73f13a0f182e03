package io.datastored.daemon;

import com.google.common.base.Strings;
import com.google.common.collect.ImmutableMap;
import com.google.common.io.Closer;
import io.datastored.service.trace.Traces;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.resources.Resource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A traces start starts tracing if the standard variables of OpenTelemetry ask for it. Stateless.
 * Otherwise it loads no class of the library.
 */
final class TracesStart {
  private static final Logger log = LoggerFactory.getLogger(TracesStart.class);

  private static final String EXPORTER = "OTEL_TRACES_EXPORTER";
  private static final String ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";
  private static final String TRACES_ENDPOINT = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";

  /** So that a stop does not wait for a receiver that is gone. */
  private static final long LAST_EXPORT_SECONDS = 2;

  /** Prometheus reads the metrics, and the log goes to stderr. */
  private static final ImmutableMap<String, String> NOT_SENT =
      ImmutableMap.of("otel.metrics.exporter", "none", "otel.logs.exporter", "none");

  private TracesStart() {}

  /**
   * Starts tracing; empty if nobody has asked for it.
   *
   * @param rooms stops it
   */
  static Optional<Traces> start(String version, Environment around, Closer rooms)
      throws DaemonStartException {
    return isWanted(System.getenv())
        ? Optional.of(Opening.open(version, around, rooms))
        : Optional.empty();
  }

  /** Whether an exporter or a receiver of traces is named. */
  static boolean isWanted(Map<String, String> environment) {
    if (environment.getOrDefault("OTEL_SDK_DISABLED", "").equalsIgnoreCase("true")) {
      return false;
    }
    String exporter = environment.getOrDefault(EXPORTER, "");
    return exporter.isEmpty()
        ? !Strings.isNullOrEmpty(environment.get(ENDPOINT))
            || !Strings.isNullOrEmpty(environment.get(TRACES_ENDPOINT))
        : !exporter.equals("none");
  }

  /** An opening starts the library; it is apart, so that nothing of it is loaded without need. */
  private static final class Opening {
    private Opening() {}

    static Traces open(String version, Environment around, Closer rooms)
        throws DaemonStartException {
      try {
        OpenTelemetrySdk sdk =
            AutoConfiguredOpenTelemetrySdk.builder()
                .addPropertiesSupplier(
                    () ->
                        ImmutableMap.of(
                            "otel.service.name", "datastored",
                            "otel.exporter.otlp.protocol", "http/protobuf"))
                .addPropertiesCustomizer(given -> NOT_SENT)
                .addResourceCustomizer(
                    (found, given) ->
                        Resource.builder().put("service.version", version).build().merge(found))
                .disableShutdownHook()
                .build()
                .getOpenTelemetrySdk();
        rooms.register(
            () -> {
              var unused = sdk.shutdown().join(LAST_EXPORT_SECONDS, TimeUnit.SECONDS);
            });
        log.atInfo().log("tracing calls, commits and drains (variables OTEL_...)");
        return new Traces(sdk, around.wallClock());
      } catch (RuntimeException e) {
        throw new DaemonStartException(
            DaemonStartException.Kind.OPTIONS,
            "the variables OTEL_... cannot be followed: %s. Traces are sent by OTLP over HTTP"
                    .formatted(e.getMessage())
                + " (OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf); OTEL_TRACES_EXPORTER=none turns"
                + " them off",
            e);
      }
    }
  }
}
