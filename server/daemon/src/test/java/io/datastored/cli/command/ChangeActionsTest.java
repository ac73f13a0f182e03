package io.datastored.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.datastored.v1.Datastore;
import io.datastored.v1.Revision;
import io.datastored.v1.WatchChange;
import io.datastored.v1.WatchGenerationResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands of the user run one at a time for a datastore, with the newest change, until done. */
final class ChangeActionsTest {

  private static final Duration SHORT = Duration.ofMillis(1);

  @TempDir Path directory;

  private final StringWriter err = new StringWriter();

  private ChangeActions actions(String command, Duration pause) {
    return new ChangeActions(
        new ChangeActions.Options(command, 2, pause, Duration.ofHours(1)),
        new PrintWriter(err, true));
  }

  private Path file(String name) {
    return directory.resolve(name);
  }

  private List<String> lines(String name) throws IOException {
    return Files.exists(file(name)) ? Files.readAllLines(file(name)) : List.of();
  }

  private static WatchGenerationResponse change(String name, long generation) {
    return WatchGenerationResponse.newBuilder()
        .setRevision(Revision.newBuilder().setIncarnation("0123").setGeneration(generation))
        .setChange(
            WatchChange.newBuilder()
                .addChanged(Datastore.newBuilder().setName(name).setGeneration(generation)))
        .build();
  }

  @Test
  void change_runsTheCommand_withTheFrameOnItsInput() {
    try (var actions =
        actions("read line; echo \"$DATASTORED_DATASTORE $line\" >>" + file("told"), SHORT)) {
      actions.changed("main", change("main", 7));
      await()
          .untilAsserted(
              () ->
                  assertThat(lines("told"))
                      .containsExactly(
                          "main {\"revision\":{\"incarnation\":\"0123\",\"generation\":\"7\"},"
                              + "\"change\":{\"changed\":[{\"name\":\"main\",\"generation\":\"7\"}]}}"));
    }
  }

  @Test
  void changes_whileTheCommandRuns_areOneMoreRun_withTheNewest() {
    String command =
        "read line; echo \"$line\" >>%s; while [ ! -e %s ]; do sleep 0.01; done"
            .formatted(file("told"), file("go"));
    try (var actions = actions(command, SHORT)) {
      actions.changed("main", change("main", 1));
      await().untilAsserted(() -> assertThat(lines("told")).hasSize(1));
      for (int generation = 2; generation <= 9; generation++) {
        actions.changed("main", change("main", generation));
      }
      // Another datastore does not wait.
      actions.changed("other", change("other", 5));
      await().untilAsserted(() -> assertThat(lines("told")).hasSize(2));
      assertThat(file("go")).doesNotExist();
      Files.createFile(file("go"));
      await().untilAsserted(() -> assertThat(lines("told")).hasSize(3));
      assertThat(lines("told").get(1)).contains("\"other\"");
      assertThat(lines("told").get(2)).contains("\"main\"").contains("\"generation\":\"9\"");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void commandThatFails_runsAgain_untilItSucceeds() {
    String command =
        "cat >/dev/null; echo run >>%1$s; [ \"$(wc -l <%1$s)\" -ge 3 ]".formatted(file("runs"));
    try (var actions = actions(command, SHORT)) {
      actions.changed("main", change("main", 1));
      await().untilAsserted(() -> assertThat(lines("runs")).hasSize(3));
      await()
          .untilAsserted(
              () ->
                  assertThat(err.toString().lines())
                      .containsExactly(
                          "main: the command exited with 1. Running it again in 1ms.",
                          "main: the command exited with 1. Running it again in 2ms."));
    }
  }

  @Test
  void newerChange_doesNotWaitForThePauseAfterAFailure() {
    String command = "read line; echo \"$line\" >>%s; false".formatted(file("told"));
    try (var actions = actions(command, Duration.ofMinutes(10))) {
      actions.changed("main", change("main", 1));
      await().untilAsserted(() -> assertThat(err.toString()).contains("again in 10m"));
      actions.changed("main", change("main", 2));
      await().untilAsserted(() -> assertThat(lines("told")).hasSize(2));
    }
  }

  @Test
  void commandThatDoesNotReadItsInput_isJudgedByItsStatus() {
    try (var actions = actions("exec 0<&-; echo ran >>" + file("runs"), SHORT)) {
      for (int generation = 1; generation <= 20; generation++) {
        actions.changed("main", change("main", generation));
        int runs = generation;
        await()
            .untilAsserted(
                () -> assertThat(lines("runs")).hasSizeGreaterThanOrEqualTo(Math.min(runs, 5)));
      }
      assertThat(err.toString()).isEmpty();
    }
  }

  @Test
  void close_endsTheCommandThatRuns() {
    String command =
        "cat >/dev/null; trap 'echo ended >%s; exit' TERM; echo on >%s; while :; do sleep 0.01; done"
            .formatted(file("ended"), file("on"));
    try (var actions = actions(command, SHORT)) {
      actions.changed("main", change("main", 1));
      await().untilAsserted(() -> assertThat(file("on")).exists());
    }
    await().untilAsserted(() -> assertThat(file("ended")).exists());
    assertThat(err.toString()).isEmpty();
  }
}
