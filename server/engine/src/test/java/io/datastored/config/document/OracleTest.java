package io.datastored.config.document;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.datastored.config.DatastoreName;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Files that Proxmox Backup Server 4.2.3 was asked about, with its verdict: 453 about which both
 * agreed when they were collected, and 123 about which they did not, with what is meant now.
 */
final class OracleTest {

  static Stream<OracleCase> cases() throws Exception {
    return Stream.concat(
        OracleCase.all("agreed.txt").stream(), OracleCase.all("pairs.txt").stream());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void parse_serves_whatIsExpected(OracleCase given) {
    ConfigDocument document = ConfigDocument.parse(given.input());

    assertThat(document.isFaultless())
        .as(document.faultySections() + " " + document.faults())
        .isEqualTo(given.head().get(1).equals("good"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void parse_whatTheOriginalUses_hasEqualValues(OracleCase given) {
    ConfigDocument document = ConfigDocument.parse(given.input());

    given
        .usable()
        .forEach(
            (name, says) -> {
              ConfigSection section = document.sections().get(DatastoreName.of(name));
              // What the original rounds to a double, is here the number of the file.
              boolean isRounded = given.id().startsWith("V1");
              // Of two sections with one name the original takes the last.
              boolean isTwice = given.id().startsWith("R10");
              if (section != null && !isTwice) {
                Map<String, String> ours = Reading.of(section);
                Map<String, String> theirs = new TreeMap<>(says);
                if (isRounded) {
                  ours.remove("backend.max-cache-size");
                  theirs.remove("backend.max-cache-size");
                }
                assertThat(ours).isEqualTo(theirs);
              }
            });
  }

  @ParameterizedTest
  @MethodSource("cases")
  void pbsNotes_areItsVerdict(OracleCase given) {
    ImmutableList<PbsNote> notes = ConfigDocument.parse(given.input()).pbsNotes();

    TreeSet<PbsEffect> effects =
        notes.stream().map(PbsNote::effect).collect(toCollection(TreeSet::new));
    assertThat(effects.contains(PbsEffect.FILE_REFUSED))
        .as(notes.toString())
        .isEqualTo(!given.isAccepted());
    if (given.isAccepted()) {
      assertThat(
              effects.contains(PbsEffect.LIST_FAILS)
                  || effects.contains(PbsEffect.DATASTORE_UNUSABLE))
          .isEqualTo(!given.unusable().isEmpty());
      assertThat(effects.contains(PbsEffect.NOT_SAVED))
          .as(notes.toString())
          .isEqualTo(!given.isSaved());
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void toBytes_ofAFileThatNobodyTouched_isTheFile(OracleCase given) {
    assertThat(ConfigDocument.parse(given.input()).toBytes()).isEqualTo(given.input());
  }
}
