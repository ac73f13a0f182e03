package io.datastored.config.document;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.DatastoreName;
import io.datastored.config.DatastoreSettings;
import io.datastored.config.MaintenanceSetting;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Generated configurations against a model: a map from name to what its section says. */
final class ConfigRoundTripTest {

  private static final long SEED = 20260101;
  private static final int CONFIGURATIONS = 10_000;
  private static final int EDITS = 6;

  private record Said(DatastoreSettings settings, MaintenanceSetting maintenance) {}

  private static Map<DatastoreName, Said> said(ConfigDocument document) {
    Map<DatastoreName, Said> said = new LinkedHashMap<>();
    document
        .sections()
        .forEach(
            (name, section) -> said.put(name, new Said(section.settings(), section.maintenance())));
    return said;
  }

  private static void assertSays(ConfigDocument document, Map<DatastoreName, Said> model) {
    assertThat(said(document)).containsExactlyEntriesOf(model);
    assertThat(document.faultySections()).isEmpty();
    assertThat(document.faults()).isEmpty();
  }

  /** What an edit arrives at must be what reading its text anew arrives at, places included. */
  private static void assertReadsTheSame(ConfigDocument edited) {
    byte[] bytes = edited.toBytes();
    assertThat(bytes).isEqualTo(edited.toText().getBytes(StandardCharsets.UTF_8));
    ConfigDocument read = ConfigDocument.parse(bytes);
    assertThat(said(read)).containsExactlyEntriesOf(said(edited));
    assertThat(read.places()).isEqualTo(edited.places());
    assertThat(read.notices()).isEqualTo(edited.notices());
    assertThat(read.toText()).isEqualTo(edited.toText());
    ConfigDocument.parse(bytes, edited)
        .sections()
        .forEach((name, section) -> assertThat(section).isSameAs(edited.sections().get(name)));
    read.sections()
        .forEach(
            (name, section) -> {
              ConfigSection other = edited.sections().get(name);
              assertThat(section.text()).isEqualTo(other.text());
              assertThat(section.fingerprint()).isEqualTo(other.fingerprint());
              ConfigSection alone = ConfigDocument.parseSection(section.text()).orElseThrow();
              assertThat(alone.fingerprint()).isEqualTo(other.fingerprint());
            });
  }

  @Test
  void edits_ofGeneratedConfigurations_arriveAtTheModel() {
    SplittableRandom random = new SplittableRandom(SEED);
    RandomConfig make = new RandomConfig(random);
    for (int i = 0; i < CONFIGURATIONS; i++) {
      ConfigDocument document = ConfigDocument.EMPTY;
      Map<DatastoreName, Said> model = new LinkedHashMap<>();
      for (int edit = random.nextInt(EDITS + 1); edit > 0; edit--) {
        DatastoreName name = make.name();
        if (random.nextInt(4) == 0) {
          document = document.withoutSection(name);
          model.remove(name);
        } else {
          Said next = new Said(make.settings(name), make.maintenance());
          assertThat(next.settings().faults()).isEmpty();
          document = document.withSection(name, next.settings(), next.maintenance());
          model.put(name, next);
        }
        document = withNoise(document, random);
        assertSays(document, model);
      }
      assertReadsTheSame(document);
    }
  }

  /** Puts in what must not matter: comments, empty lines, other blanks. */
  private static ConfigDocument withNoise(ConfigDocument document, SplittableRandom random) {
    String text = document.toText();
    String noisy =
        switch (random.nextInt(6)) {
          case 0 -> "# first\n\n" + text;
          case 1 -> text.replaceFirst("\n\t", "\n# inside\n    ");
          case 2 -> text + "\n\n   \n# last\n";
          case 3 -> text.replaceFirst("\n+$", "");
          default -> text;
        };
    return ConfigDocument.parse(noisy.getBytes(StandardCharsets.UTF_8), document);
  }

  @Test
  void withSection_keepsEveryLineOfOthers_andComments() {
    SplittableRandom random = new SplittableRandom(SEED + 1);
    RandomConfig make = new RandomConfig(random);
    for (int i = 0; i < 1_000; i++) {
      ConfigDocument document = ConfigDocument.EMPTY;
      for (int k = 0; k < 3; k++) {
        DatastoreName name = make.name();
        document =
            withNoise(document.withSection(name, make.settings(name), make.maintenance()), random);
      }
      DatastoreName name = document.sections().names().get(0);
      ConfigSection old = document.sections().get(name);

      ConfigDocument next = document.withSection(name, make.settings(name), make.maintenance());

      String changed = next.sections().get(name).text();
      assertThat(next.toText()).isEqualTo(document.toText().replace(old.text(), changed));
      assertThat(changed.lines().filter(line -> line.startsWith("#")))
          .containsExactlyElementsOf(
              old.text().lines().filter(line -> line.startsWith("#")).toList());
    }
  }
}
