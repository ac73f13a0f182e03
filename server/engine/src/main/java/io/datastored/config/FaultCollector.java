package io.datastored.config;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** A fault collector collects the faults of some settings. Confined to one thread. */
public final class FaultCollector {

  private final List<PropertyFault> faults = new ArrayList<>(0);

  public ImmutableList<PropertyFault> faults() {
    return ImmutableList.copyOf(faults);
  }

  /** Adds a fault; the reason is the end of a sentence that starts with the property. */
  void add(String property, String reason) {
    faults.add(new PropertyFault(property, property + ' ' + reason));
  }

  void text(String property, Optional<String> value, int maxCharacters) {
    if (value.isPresent()) {
      text(property, value.get(), maxCharacters);
    }
  }

  boolean text(String property, String value, int maxCharacters) {
    Optional<String> reason = TextRule.valueFault(value, maxCharacters);
    if (reason.isPresent()) {
      add(property, reason.get());
    }
    return reason.isEmpty();
  }

  void range(String property, OptionalInt value, int min, int max) {
    if (value.isPresent() && (value.getAsInt() < min || value.getAsInt() > max)) {
      add(
          property,
          max == Integer.MAX_VALUE ? "must be at least " + min : "must be " + min + " to " + max);
    }
  }
}
