package io.datastored.etcd.history;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.DatastoreName;
import io.datastored.config.Fingerprint;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.MaintenanceSetting;
import io.datastored.history.AcceptedDatastore;
import io.datastored.history.Generation;
import io.datastored.history.ModeRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class StoredSectionTest {

  private static final DatastoreName MAIN = DatastoreName.of("main");
  private static final AcceptedDatastore ACCEPTED =
      new AcceptedDatastore(
          new Generation(7),
          new Fingerprint(1, -1),
          new ModeRecord(
              MaintenanceSetting.of(MaintenanceMode.OFFLINE, "for \u00fc"),
              new Generation(7),
              Optional.of(Instant.parse("2026-01-02T03:04:05.6Z")),
              Optional.empty(),
              Optional.of("me"),
              Optional.empty()),
          Optional.of(true),
          Optional.of("datastore: main\n\n\tpath /x"));

  private static StoredSection section(Optional<AcceptedDatastore> accepted, String text) {
    return new StoredSection(OptionalLong.of(5), accepted, text.getBytes(UTF_8));
  }

  @Test
  void write_isReadAsItWas() {
    for (String text : new String[] {"", "\n", "rank 1\n\n", "datastore: main\n\n\n\tpath /x"}) {
      for (Optional<AcceptedDatastore> accepted :
          List.of(Optional.of(ACCEPTED), Optional.<AcceptedDatastore>empty())) {
        StoredSection section = section(accepted, text);
        assertThat(StoredSection.read(MAIN, section.write(MAIN))).isEqualTo(section);
      }
    }
  }

  @Test
  void write_isReadable() {
    assertThat(section(Optional.of(ACCEPTED), "datastore: main\n").write(MAIN))
        .asString(UTF_8)
        .startsWith(
            "rank 5\ndatastore main 7 0000000000000001ffffffffffffffff mounted\nmode main 7")
        .endsWith("\n\ndatastore: main\n");
  }

  @Test
  void read_putByHand_isAllText() {
    StoredSection section =
        StoredSection.read(MAIN, "datastore: main\n\n\tpath /x".getBytes(UTF_8));
    assertThat(section.rank()).isEmpty();
    assertThat(section.accepted()).isEmpty();
    assertThat(section.text()).asString(UTF_8).isEqualTo("datastore: main\n\n\tpath /x");
  }

  @Test
  void read_linesDamagedByHand_keepTheText() {
    StoredSection section =
        StoredSection.read(MAIN, "rank x\ndatastore main seven\n\ntext".getBytes(UTF_8));
    assertThat(section.rank()).isEmpty();
    assertThat(section.accepted()).isEmpty();
    assertThat(section.text()).asString(UTF_8).isEqualTo("text");
  }

  @Test
  void read_emptyLineDeletedByHand_keepsLinesAndText() {
    StoredSection section = section(Optional.of(ACCEPTED), "datastore: main\n\tpath /x\n\n# end\n");
    String value = new String(section.write(MAIN), UTF_8);
    String joined = value.replaceFirst("\n\n", "\n");
    assertThat(StoredSection.read(MAIN, joined.getBytes(UTF_8))).isEqualTo(section);
    String lines = value.substring(0, value.indexOf("\n\n") + 1);
    assertThat(StoredSection.read(MAIN, lines.getBytes(UTF_8)))
        .isEqualTo(section(Optional.of(ACCEPTED), ""));
  }

  @Test
  void read_onlyTheFirstWordIsLikeLines_isAllText() {
    StoredSection section = StoredSection.read(MAIN, "rank and file".getBytes(UTF_8));
    assertThat(section.rank()).isEmpty();
    assertThat(section.text()).asString(UTF_8).isEqualTo("rank and file");
  }

  @Test
  void read_linesOfAnother_areNotBelieved() {
    byte[] value = section(Optional.of(ACCEPTED), "text").write(MAIN);
    assertThat(StoredSection.read(DatastoreName.of("other"), value).accepted()).isEmpty();
  }
}
