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
 * A write check finds new values that a file may contain but that are not written: what Proxmox
 * Backup Server would not accept when it reads the same file, and what a terminal does not display
 * unaltered. Immutable.
 *
 * <p>Only values that change are checked. Values that are already in the file are accepted.
 */
final class WriteCheck {

  private WriteCheck() {}

  /**
   * The faults of changed values.
   *
   * @param before the present section; empty if there is none yet
   * @param next the new settings, which have no faults of their own
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

  /** Why a property cannot be written with a value; empty if it can. */
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
