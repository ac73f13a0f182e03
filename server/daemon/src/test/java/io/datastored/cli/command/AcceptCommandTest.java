package io.datastored.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.cli.Shell;
import io.datastored.engine.Engine;
import io.datastored.engine.EngineOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AcceptCommandTest {

  private static final String FIRST = "datastore: main\n\tpath /srv/main\n";

  @TempDir Path directory;
  private final Shell shell = new Shell();
  private Path config;
  private Path state;

  @BeforeEach
  void setUp() throws Exception {
    config = directory.resolve("datastore.cfg");
    state = directory.resolve("state");
    Files.writeString(config, FIRST + "\ndatastore: other\n\tpath /srv/other\n");
    serve(2);
  }

  private void serve(int datastores) throws Exception {
    EngineOptions options =
        EngineOptions.of(
            config, state, changed -> changed.runDirectory = Optional.of(directory.resolve("run")));
    try (Engine engine = Engine.open(options)) {
      assertThat(engine.snapshot().byName()).hasSize(datastores);
    }
  }

  private Shell.Result accept(String what) {
    return shell.run(
        "accept", what, "--config", config.toString(), "--state-dir", state.toString());
  }

  @Test
  void accept_anEmptyFile_isBelievedFromNowOn() throws Exception {
    Files.writeString(config, "");
    serve(2);
    assertThat(accept("--cut"))
        .isEqualTo(
            new Shell.Result(
                1, "", "datastored accept: " + config + " is not cut, it is empty: use --empty\n"));
    assertThat(accept("--empty"))
        .isEqualTo(new Shell.Result(0, config + " is accepted; 2 datastores are removed.\n", ""));
    serve(0);
  }

  @Test
  void accept_aCutFile_isBelievedFromNowOn() throws Exception {
    Files.writeString(config, FIRST);
    serve(2);
    assertThat(shell.run("accept", "--cut", "--state-dir", state.toString()).status()).isZero();
    serve(1);
  }

  @Test
  void accept_aFileThatHasLostNothing_isRefused() throws IOException {
    assertThat(accept("--empty"))
        .isEqualTo(
            new Shell.Result(
                1, "", "datastored accept: " + config + " is not empty: nothing to accept\n"));
    assertThat(state.resolve("accept")).doesNotExist();
  }

  @Test
  void accept_nothingOrWithoutAState_saysSo() {
    assertThat(shell.run("accept", "--config", config.toString()).status()).isEqualTo(2);
    Shell.Result result =
        shell.run("accept", "--empty", "--state-dir", directory.resolve("none").toString());
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err()).contains("there is no state in " + directory.resolve("none"));
  }

  @Test
  void accept_aRestore_beginsANewHistory() throws Exception {
    String before = history();
    assertThat(shell.run("accept", "--restored", "--state-dir", state.toString()).status())
        .isZero();
    serve(2);
    assertThat(history()).isNotEqualTo(before);
    String after = history();
    serve(2);
    assertThat(history()).isEqualTo(after);
  }

  private String history() throws IOException {
    return Files.readAllLines(state.resolve("state")).stream()
        .filter(line -> line.startsWith("incarnation "))
        .findFirst()
        .orElseThrow();
  }
}
