package io.datastored.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.MaintenanceSetting;
import io.datastored.config.document.ConfigDocument;
import io.datastored.config.document.ConfigSection;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.Snapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The short ways from one snapshot to the next lead where the long ones do. */
final class StepTest {

  private static final int DATASTORES = 12;
  private static final int CHANGES = 300;

  private final List<String> sections = new ArrayList<>();

  private static String section(int name, String comment) {
    return "datastore: s%04d\n\tcomment %s\n\tpath /srv/s%04d\n\n".formatted(name, comment, name);
  }

  private static String text(EngineFixture f) throws Exception {
    return new String(f.store().content().bytes(), UTF_8);
  }

  /** One whose section is good: the others are mended in the file first. */
  private static DatastoreName any(EngineFixture f, Random random) throws Exception {
    List<DatastoreName> good = ConfigDocument.parse(f.store().content().bytes()).sections().names();
    return good.get(random.nextInt(good.size()));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void changes_ofAllKinds_endAsIfAllWereReadAgain(long seed) throws Exception {
    Random random = new Random(seed);
    for (int i = 0; i < DATASTORES; i++) {
      sections.add(section(i, "first"));
    }
    int made = DATASTORES;
    try (EngineFixture f = EngineFixture.with(String.join("", sections))) {
      for (int i = 0; i < CHANGES; i++) {
        Snapshot before = f.engine().snapshot();
        switch (random.nextInt(8)) {
          case 0, 1, 2 -> setMode(f, any(f, random), random.nextBoolean());
          case 3 -> f.commitElsewhere(any(f, random), "by another " + i);
          case 4, 5 -> edit(f, random, "by hand " + i);
          case 6 -> f.edit(text(f) + section(made++, "new"));
          default -> drop(f, random);
        }
        settle(f);
        check(before, f.engine().snapshot(), f);
      }
    }
  }

  private static void setMode(EngineFixture f, DatastoreName name, boolean offline) {
    WriteOutcome outcome =
        f.engine()
            .setMaintenance(
                new MaintenanceChange(
                    name,
                    MaintenanceSetting.of(
                        offline ? MaintenanceMode.OFFLINE : MaintenanceMode.READ_ONLY),
                    Optional.empty(),
                    Optional.of("me"),
                    Optional.empty()),
                Intent.COMMIT);
    assertThat(outcome).isInstanceOf(WriteOutcome.Written.class);
  }

  /** Some comments, and sometimes a fault, or its end. */
  private static void edit(EngineFixture f, Random random, String comment) throws Exception {
    List<String> lines = new ArrayList<>(List.of(text(f).split("\n", -1)));
    for (int i = random.nextInt(8); i < lines.size(); i += 1 + random.nextInt(40)) {
      String line = lines.get(i);
      if (line.startsWith("\tcomment")) {
        lines.set(i, "\tcomment " + comment);
      } else if (line.startsWith("\tpath") && random.nextInt(4) == 0) {
        lines.set(i, line.replace("\tpath", "\tpth"));
      } else if (line.startsWith("\tpth")) {
        lines.set(i, line.replace("\tpth", "\tpath"));
      } else if (line.startsWith("\tpath")) {
        // Another text of the section, which serves the same.
        lines.set(i, "\t# " + comment + "\n" + line);
      } else if (line.startsWith("\t#")) {
        lines.remove(i);
      }
    }
    f.edit(String.join("\n", lines));
  }

  private static void drop(EngineFixture f, Random random) throws Exception {
    List<String> blocks = new ArrayList<>(List.of(text(f).split("(?<=\n\n)")));
    if (blocks.size() > 4) {
      // Not the last one: what is left would be a file that was cut.
      blocks.remove(random.nextInt(blocks.size() - 1));
    }
    f.edit(String.join("", blocks));
  }

  private static void settle(EngineFixture f) {
    Optional<Duration> rest = f.look();
    while (rest.isPresent()) {
      f.advance(rest.get());
      rest = f.look();
    }
  }

  private static void check(Snapshot before, Snapshot after, EngineFixture f) throws Exception {
    ConfigDocument read = ConfigDocument.parse(f.store().content().bytes());
    assertThat(after.digest()).isEqualTo(f.store().content().digest());
    assertThat(after.notices()).isEqualTo(read.notices());
    assertThat(after.sectionFaults().keySet())
        .containsExactlyInAnyOrderElementsOf(
            read.faultySections().stream().map(s -> s.name()).collect(Collectors.toSet()));
    for (ConfigSection section : read.sections().values()) {
      Datastore served = after.find(section.name()).orElseThrow();
      assertThat(served.served().fingerprint()).isEqualTo(section.fingerprint());
      assertThat(served.served().good().orElseThrow().text()).isEqualTo(section.text());
    }
    List<DatastoreName> names = after.byName().stream().map(Datastore::name).toList();
    assertThat(names).isSorted();
    assertThat(names)
        .hasSize(
            read.sections().size()
                + (int)
                    after.sectionFaults().keySet().stream()
                        .filter(names::contains)
                        .distinct()
                        .count());
    for (Datastore now : after.byName()) {
      assertThat(after.get(now.name())).isSameAs(now);
      assertThat(now.accepted()).isEqualTo(after.state().datastores().get(now.name()));
      assertThat(now.accepted().fingerprint()).isEqualTo(now.served().fingerprint());
      assertThat(now.served()).isEqualTo(after.served().sections().get(now.name()));
      Datastore old = before.get(now.name());
      boolean same =
          old != null && old.accepted().fingerprint().equals(now.accepted().fingerprint());
      assertThat(now.generation())
          .isEqualTo(same ? old.generation() : after.revision().generation());
    }
  }
}
