package io.datastored.admin.metric;

import com.google.common.collect.ImmutableMap;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableDoubleMeasurement;
import io.opentelemetry.exporter.prometheus.PrometheusMetricReader;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Metrics are the meters of a server, which are read when somebody asks. Thread-safe. They are
 * meters of OpenTelemetry, shown in the formats of Prometheus.
 */
public final class Metrics implements AutoCloseable {
  /** More series than these of one name are dropped by the library; datastores add to them. */
  private static final int MOST_SERIES = 2_000;

  private static final List<Double> APPLIED_BUCKETS =
      List.of(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0);

  private final PrometheusMetricReader reader;
  private final SdkMeterProvider provider;
  private final ExpositionFormatWriter text = PrometheusTextFormatWriter.create();
  private final ExpositionFormatWriter openMetrics = OpenMetricsTextFormatWriter.create();

  private Metrics(PrometheusMetricReader reader, SdkMeterProvider provider) {
    this.reader = reader;
    this.provider = provider;
  }

  /**
   * The metrics of a server; from now on it counts how soon clients apply changes.
   *
   * @param ready whether each check of readiness is passed; does not wait
   */
  public static Metrics of(MetricSources sources, Supplier<ImmutableMap<String, Boolean>> ready) {
    PrometheusMetricReader reader =
        PrometheusMetricReader.builder()
            .setOtelScopeLabelsEnabled(false)
            .setTargetInfoMetricEnabled(false)
            .build();
    SdkMeterProvider provider =
        SdkMeterProvider.builder()
            .registerMetricReader(reader, kind -> MOST_SERIES + 6 * sources.perDatastore())
            .build();
    Meter meter = provider.get("datastored");
    var readers = new Readers();
    new EngineMetrics(sources.engine(), sources.wallClock()).addTo(readers);
    new ClientMetrics(sources).addTo(readers);
    new ReplicaMetrics(sources.replicas(), sources.engine()).addTo(readers);
    new DatastoreMetrics(sources).addTo(readers);
    ProcessMetrics.addTo(readers);
    readers.add(
        Metric.READY,
        sample -> ready.get().forEach((check, passed) -> sample.set(passed ? 1 : 0, check)));
    ImmutableMap<Metric, Consumer<Sample>> all = readers.all();
    for (Metric metric : Metric.values()) {
      if (metric.kind() != Metric.Kind.HISTOGRAM) {
        register(meter, metric, Optional.ofNullable(all.get(metric)).orElseThrow());
      }
    }
    DoubleHistogram applied =
        meter
            .histogramBuilder(Metric.APPLIED.dotted())
            .setUnit(Metric.APPLIED.unit())
            .setDescription(Metric.APPLIED.help())
            .setExplicitBucketBoundariesAdvice(APPLIED_BUCKETS)
            .build();
    sources.leases().sessions().onApplied(age -> applied.record(age.toNanos() / 1e9));
    return new Metrics(reader, provider);
  }

  private static void register(Meter meter, Metric metric, Consumer<Sample> reader) {
    List<AttributeKey<String>> keys =
        metric.labels().stream().map(AttributeKey::stringKey).toList();
    Consumer<ObservableDoubleMeasurement> callback =
        measured ->
            reader.accept((value, labels) -> measured.record(value, attributes(keys, labels)));
    switch (metric.kind()) {
      case GAUGE -> {
        var unused =
            meter
                .gaugeBuilder(metric.dotted())
                .setUnit(metric.unit())
                .setDescription(metric.help())
                .buildWithCallback(callback);
      }
      case COUNTER -> {
        var unused =
            meter
                .counterBuilder(metric.dotted())
                .ofDoubles()
                .setUnit(metric.unit())
                .setDescription(metric.help())
                .buildWithCallback(callback);
      }
      case HISTOGRAM -> throw new IllegalArgumentException(metric + " is recorded, not read");
    }
  }

  private static Attributes attributes(List<AttributeKey<String>> keys, String[] labels) {
    if (labels.length != keys.size()) {
      throw new IllegalArgumentException(labels.length + " labels, not " + keys);
    }
    AttributesBuilder attributes = Attributes.builder();
    for (int i = 0; i < labels.length; i++) {
      attributes.put(keys.get(i), labels[i]);
    }
    return attributes.build();
  }

  /** A page is all metrics in one of the formats. Immutable: nobody writes to the body. */
  @SuppressWarnings("ArrayRecordComponent") // sent as it is, never compared
  public record Page(String contentType, byte[] body) {}

  /**
   * Reads everything.
   *
   * @param accept what the client accepts, as in HTTP; OpenMetrics if that is named
   */
  public Page page(String accept) {
    ExpositionFormatWriter writer = openMetrics.accepts(accept) ? openMetrics : text;
    var body = new ByteArrayOutputStream();
    try {
      writer.write(body, reader.collect(), EscapingScheme.UNDERSCORE_ESCAPING);
    } catch (IOException e) {
      throw new UncheckedIOException("a buffer cannot be written", e);
    }
    return new Page(writer.getContentType(), body.toByteArray());
  }

  /** Idempotent. */
  @Override
  public void close() {
    var unused = provider.shutdown().join(1, TimeUnit.SECONDS);
  }
}
