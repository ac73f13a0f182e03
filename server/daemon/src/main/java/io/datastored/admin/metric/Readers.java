package io.datastored.admin.metric;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import java.util.EnumMap;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;

/** Readers read the values of metrics. Confined to the assembly. */
final class Readers {
  private final EnumMap<Metric, Consumer<Sample>> all = new EnumMap<>(Metric.class);

  void add(Metric metric, Consumer<Sample> reader) {
    if (all.put(metric, reader) != null) {
      throw new IllegalStateException(metric + " is read twice");
    }
  }

  /** A metric without labels. */
  void value(Metric metric, DoubleSupplier reader) {
    add(metric, sample -> sample.set(reader.getAsDouble()));
  }

  ImmutableMap<Metric, Consumer<Sample>> all() {
    return Maps.immutableEnumMap(all);
  }
}
