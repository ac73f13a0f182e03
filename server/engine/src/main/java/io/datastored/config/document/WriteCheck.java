package io.datastored.config.document;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.datastored.config.CanonicalProperties;
import io.datastored.config.DatastoreSettings;
import io.datastored.config.MaintenanceSetting;
import io.datastored.config.Property;
import io.datastored.config.PropertyFault;
import io.datastored.config.TextRule;
import io.datastored.config.Truncated;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A write check finds what keeps new values out of the file that may stand in it: what a server
 * that reads the same file does not accept, and what a terminal does not show as it is. Immutable.
 *
 * <p>Only values that change are checked. What somebody else has put into the file is his business.
 */
final class WriteCheck {

  private WriteCheck() {}

  /**
   * Returns the faults of what differs.
   *
   * @param before what the section says now; nothing when there is no section yet
   * @param next what it is to say, which has no fault of its own
   */
  static ImmutableList<PropertyFault> faults(
      Optional<DatastoreSettings> before, DatastoreSettings next) {
    Map<String, String> present =
        before
            .<Map<String, String>>map(
                settings -> CanonicalProperties.of(settings, MaintenanceSetting.NONE))
            .orElse(ImmutableMap.of());
    ImmutableList.Builder<PropertyFault> faults = ImmutableList.builder();
    CanonicalProperties.forEach(
        next,
        MaintenanceSetting.NONE,
        (key, value) -> {
          if (!value.equals(present.get(key))) {
            fault(key, value).ifPresent(faults::add);
          }
        });
    return faults.build();
  }

  /** Returns why a property cannot be written with a value; nothing when it can. */
  static Optional<PropertyFault> fault(String key, String value) {
    if (!Property.isKnown(key)) {
      return Optional.of(
          new PropertyFault(
              key,
              "%s is not a property of %s, which %s: if it is meant, add its line to the file by"
                      .formatted(
                          Truncated.of(key), PbsSchema.SERVER, PbsEffect.FILE_REFUSED.consequence())
                  + " hand, where it is kept"));
    }
    OptionalInt unprintable = TextRule.unprintable(value);
    if (unprintable.isPresent()) {
      return Optional.of(
          new PropertyFault(
              key, key + " contains " + TextRule.name(value.codePointAt(unprintable.getAsInt()))));
    }
    return PbsSchema.refusal(key, value)
        .map(
            refusal -> {
              String property = refusal.key().isEmpty() ? key : key + '.' + refusal.key();
              return new PropertyFault(
                  property,
                  "%s %s; %s %s"
                      .formatted(
                          property,
                          refusal.reason(),
                          PbsSchema.SERVER,
                          refusal.effect().consequence()));
            });
  }
}
