package io.datastored.config.document;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.Backend;
import io.datastored.config.DatastoreName;
import io.datastored.config.DatastoreSettings;
import io.datastored.config.MaintenanceSetting;
import java.util.AbstractList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SectionEditorTest {

  private static final int MANY = 20_000;

  private static SectionEditor.Line line(int number) {
    String key = "x-%06d".formatted(number);
    return new SectionEditor.Line(key, "\t" + key + " 1", "");
  }

  /** Counts how often a line is looked at. */
  private static final class CountedLines extends AbstractList<SectionEditor.Line> {
    private final List<SectionEditor.Line> lines;
    private long looks;

    CountedLines(List<SectionEditor.Line> lines) {
      this.lines = lines;
    }

    @Override
    public SectionEditor.Line get(int index) {
      looks++;
      return lines.get(index);
    }

    @Override
    public int size() {
      return lines.size();
    }
  }

  @Test
  void merged_manyIntoMany_looksAtEachLineAFewTimes() {
    CountedLines even =
        new CountedLines(IntStream.range(0, MANY).mapToObj(i -> line(2 * i)).toList());
    TreeMap<String, String> odd = new TreeMap<>();
    IntStream.range(0, MANY).forEach(i -> odd.put(line(2 * i + 1).key(), "1"));

    List<SectionEditor.Line> merged =
        SectionEditor.merged(new SectionEditor.Line("", "datastore: one", ""), even, odd);

    assertThat(merged.subList(1, merged.size()))
        .isEqualTo(IntStream.range(0, 2 * MANY).mapToObj(SectionEditorTest::line).toList());
    assertThat(even.looks).isLessThanOrEqualTo(3L * MANY);
  }

  @Test
  void merged_linesInNoOrder_putsEachBehindTheLastThatIsBeforeIt() {
    ConfigDocument document =
        ConfigDocument.parse(
            "datastore: one\n\tpath /a\n# c\n\tcomment x\n# d\n\tverify-new true\n");
    DatastoreSettings settings =
        document.sections().values().get(0).settings().toBuilder()
            .gcOnUnmount(java.util.Optional.of(true))
            .backend(java.util.Optional.of(Backend.FILE_SYSTEM))
            .build();

    assertThat(
            document
                .withSection(DatastoreName.of("one"), settings, MaintenanceSetting.NONE)
                .toText())
        .isEqualTo(
            "datastore: one\n\tbackend filesystem\n\tpath /a\n# c\n\tcomment x\n\tgc-on-unmount"
                + " true\n# d\n\tverify-new true\n");
  }
}
