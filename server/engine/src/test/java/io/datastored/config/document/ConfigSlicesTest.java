package io.datastored.config.document;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.DatastoreName;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfigSlicesTest {

  private static final int TEXTS = 500;

  /** Pieces of files, of which many do not fit together. */
  private static final List<String> PIECES =
      List.of(
          "datastore: main\n",
          "datastore: other\r\n",
          "  datastore: third\n",
          "datastore: a\n",
          "unknown: main\n",
          "\tpath /srv/main\n",
          "\tpath /srv/x\r\n",
          "\tcomment \u00fc\n",
          "\tcomment \u00ff\u00fe\n",
          "# a comment\n",
          "\n",
          "\r\n",
          " \t\n",
          "lost line\n",
          "datastore:\n",
          "datastore: last",
          "\ufeff");

  private static byte[] joined(ConfigSlices slices) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(slices.preamble());
    slices.sections().values().forEach(all::writeBytes);
    return all.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void of_anyText_putTogetherIsTheSame(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < TEXTS; i++) {
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      for (int pieces = random.nextInt(14); pieces > 0; pieces--) {
        String piece = PIECES.get(random.nextInt(PIECES.size()));
        text.writeBytes(piece.getBytes(random.nextInt(9) == 0 ? ISO_8859_1 : UTF_8));
      }
      byte[] bytes = text.toByteArray();
      ConfigSlices slices = ConfigSlices.of(bytes);
      assertThat(joined(slices)).isEqualTo(bytes);
      ConfigDocument document = ConfigDocument.parse(bytes);
      assertThat(slices.sections().keySet()).containsAll(document.sections().keySet());
      document
          .faultySections()
          .forEach(section -> assertThat(slices.sections()).containsKey(section.name()));
    }
  }

  @Test
  void of_commentsBetweenSections_belongToTheSliceBefore() {
    ConfigSlices slices =
        ConfigSlices.of(
            "# head\n\ndatastore: main\n\tpath /a\n\n# of other\ndatastore: other\n"
                .getBytes(UTF_8));
    assertThat(slices.preamble()).asString(UTF_8).isEqualTo("# head\n\n");
    assertThat(slices.sections().get(DatastoreName.of("main")))
        .asString(UTF_8)
        .isEqualTo("datastore: main\n\tpath /a\n\n# of other\n");
    assertThat(slices.sections().get(DatastoreName.of("other")))
        .asString(UTF_8)
        .isEqualTo("datastore: other\n");
  }

  @Test
  void of_aNameTwice_isOneSlice() {
    byte[] text =
        "datastore: main\n\tpath /a\n\ndatastore: other\n\tpath /b\n\ndatastore: main\n\tpath /c\n"
            .getBytes(UTF_8);
    ConfigSlices slices = ConfigSlices.of(text);
    assertThat(slices.sections()).hasSize(2);
    assertThat(slices.sections().get(DatastoreName.of("other")))
        .asString(UTF_8)
        .endsWith("datastore: main\n\tpath /c\n");
  }

  @Test
  void of_nothing_isAnEmptyPreamble() {
    ConfigSlices slices = ConfigSlices.of(new byte[0]);
    assertThat(slices.preamble()).isEmpty();
    assertThat(slices.sections()).isEmpty();
  }

  @Test
  void replacing_aSection_leavesTheOthersAsTheyAre() {
    ConfigSlices slices =
        ConfigSlices.of(
            "# head\ndatastore: main\n\tpath /a\n\ndatastore: other\n\tpath /b".getBytes(UTF_8));
    assertThat(
            slices.replacing(
                DatastoreName.of("main"), "datastore: main\n\tpath /c".getBytes(UTF_8)))
        .as("a slice without its line feed is given it")
        .asString(UTF_8)
        .isEqualTo("# head\ndatastore: main\n\tpath /c\ndatastore: other\n\tpath /b");
    assertThat(slices.replacing(DatastoreName.of("other"), new byte[0]))
        .asString(UTF_8)
        .isEqualTo("# head\ndatastore: main\n\tpath /a\n\n");
  }
}
