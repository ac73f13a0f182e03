package io.datastored.config;

import io.datastored.config.document.ConfigDocument;
import io.datastored.config.document.ConfigFault;
import io.datastored.config.document.ConfigSection;
import io.datastored.config.document.FaultySection;
import io.datastored.config.document.RandomConfig;
import io.datastored.soak.Soak;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Broken input of every kind ends in a value or in a fault with a place. */
@Tag("soak")
final class ConfigMutationSoakTest {

  private static final int WHOLE = 1_000_000;
  private static final List<String> PIECES =
      List.of(
          "\n",
          "\n\n",
          "\t",
          " ",
          "#",
          ":",
          ",",
          "=",
          "\"",
          "\\",
          "\\n",
          "\r\n",
          "\r",
          "\0",
          "\u00ff",
          "\u2028",
          "\ufeff",
          "datastore: s01\n",
          "datastore:",
          "\n\tpath /a\n",
          "path ",
          "\tmaintenance-mode ",
          "offline,",
          "message=\"",
          "type=",
          "\tkeep-last 99999999999999999999\n",
          "\ttuning ",
          "GiB",
          "1e9",
          "\tbackend s3,client=abc,bucket=abc,max-cache-size=99999999999999999999\n",
          "\tname x\n",
          "/../..");

  private final ConfigDocument fallback =
      ConfigDocument.parse("datastore: s01\n\tpath /a\n\ndatastore: s02\n\tpath /b\n");

  @Test
  void parse_mutatedInput_endsInAValueOrAFault() {
    Soak soak = Soak.of("mutated configurations are values or faults");
    System.out.println("soak.seed=" + soak.seed());
    SplittableRandom random = soak.random();
    RandomConfig make = new RandomConfig(random);
    int times = soak.times(WHOLE);
    int violations = 0;
    byte[] seed = new byte[0];
    for (int i = 0; i < times; i++) {
      if (i % 50 == 0) {
        seed = seed(make, random);
      }
      byte[] input = mutate(seed, random);
      Optional<String> violation = violationOf(input, make, random);
      if (violation.isPresent()) {
        violations++;
        System.out.println(
            violation.get() + " <- " + new String(input, StandardCharsets.ISO_8859_1));
      }
    }
    soak.end(times, violations);
  }

  private static byte[] seed(RandomConfig make, SplittableRandom random) {
    ConfigDocument document = ConfigDocument.parse("# top\n");
    for (int k = random.nextInt(4); k >= 0; k--) {
      DatastoreName name = make.name();
      document = document.withSection(name, make.settings(name), make.maintenance());
    }
    return document.toBytes();
  }

  private static byte[] mutate(byte[] seed, SplittableRandom random) {
    StringBuilder text = new StringBuilder(new String(seed, StandardCharsets.ISO_8859_1));
    for (int k = random.nextInt(5); k >= 0; k--) {
      int at = random.nextInt(text.length() + 1);
      int end = Math.min(text.length(), at + random.nextInt(12));
      switch (random.nextInt(5)) {
        case 0 -> text.delete(at, end);
        case 1 -> text.insert(at, PIECES.get(random.nextInt(PIECES.size())));
        case 2 -> text.insert(at, (char) random.nextInt(256));
        case 3 -> text.insert(random.nextInt(text.length() + 1), text.substring(at, end));
        default -> text.replace(at, end, PIECES.get(random.nextInt(PIECES.size())));
      }
    }
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private Optional<String> violationOf(byte[] input, RandomConfig make, SplittableRandom random) {
    try {
      ConfigDocument document = ConfigDocument.parse(input, fallback);
      return firstOf(checkPlaces(document), checkEdit(document, make, random));
    } catch (RuntimeException e) {
      return Optional.of(e.toString() + " at " + e.getStackTrace()[0]);
    }
  }

  private static Optional<String> firstOf(Optional<String> first, Optional<String> second) {
    return first.isPresent() ? first : second;
  }

  private static Optional<String> checkPlaces(ConfigDocument document) {
    long lines = document.toText().chars().filter(c -> c == '\n').count() + 1;
    for (FaultySection section : document.faultySections()) {
      if (section.faults().isEmpty()) {
        return Optional.of("no fault in " + section);
      }
      for (ConfigFault fault : section.faults()) {
        if (fault.line() < section.line() || fault.line() > lines) {
          return Optional.of("no place in " + section);
        }
      }
    }
    for (ConfigFault fault : document.faults()) {
      if (fault.line() > lines) {
        return Optional.of("no place: " + fault);
      }
    }
    for (ConfigSection section : document.sections().values()) {
      if (!section.settings().faults().isEmpty()
          || ConfigDocument.parseSection(section.text()).isEmpty()) {
        return Optional.of("not good: " + section.text());
      }
      String header =
          document.toText().split("\n", -1)[document.lineOf(section.name()).getAsInt() - 1];
      if (!header.contains(section.name().value())) {
        return Optional.of("not the line of " + section.name() + ": " + header);
      }
    }
    return Optional.empty();
  }

  /** One edit does what it should, and nothing to any other section. */
  private static Optional<String> checkEdit(
      ConfigDocument document, RandomConfig make, SplittableRandom random) {
    DatastoreName name = make.name();
    DatastoreSettings settings = make.settings(name);
    MaintenanceSetting maintenance = make.maintenance();
    if (!document.faultsOf(name, settings).isEmpty()) {
      return Optional.empty();
    }
    boolean remove = random.nextBoolean();
    ConfigDocument next =
        remove ? document.withoutSection(name) : document.withSection(name, settings, maintenance);
    ConfigDocument read = ConfigDocument.parse(next.toBytes());
    if (!read.toText().equals(next.toText())
        || !read.sections().keySet().equals(next.sections().keySet())) {
      return Optional.of("reads differently after an edit of " + name);
    }
    ConfigSection section = next.sections().get(name);
    boolean done =
        remove
            ? section == null
            : section != null
                && section.settings().equals(settings)
                && section.maintenance().equals(maintenance);
    if (!done) {
      return Optional.of(
          (remove ? "not removed: " : "not written: ") + name + " in " + next.toText());
    }
    for (ConfigSection other : document.sections().values()) {
      if (!other.name().equals(name) && next.sections().get(other.name()) != other) {
        return Optional.of("touched " + other.name() + " by an edit of " + name);
      }
    }
    return Optional.empty();
  }
}
