package io.datastored.admin;

import io.datastored.admin.metric.Metrics;
import java.util.concurrent.CompletableFuture;

/**
 * The metrics page, {@code /metrics}, shows {@link Metrics} to Prometheus. Immutable.
 *
 * @param metrics soon after the start
 */
record MetricsPage(CompletableFuture<Metrics> metrics) implements Resource {
  @Override
  public Audience audience() {
    return Audience.TRUSTED;
  }

  @Override
  public Answer answer(Question question) {
    Metrics.Page page = metrics.join().page(question.accept());
    return new Answer(200, page.contentType(), page.body());
  }
}
