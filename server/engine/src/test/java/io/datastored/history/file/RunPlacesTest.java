package io.datastored.history.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.file.RuntimeDirectories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page lives where nobody empties it at a logout, and nobody else may write. */
final class RunPlacesTest {

  private static final Path STATE = Path.of("/var/lib/datastored");

  @TempDir Path directory;

  private Path given;
  private Path system;
  private Path login;
  private Path sharedMemory;

  @BeforeEach
  void makePlaces() throws IOException {
    given = Files.createDirectory(directory.resolve("given"));
    system = Files.createDirectory(directory.resolve("run"));
    login = Files.createDirectory(directory.resolve("login"));
    sharedMemory = Files.createDirectory(directory.resolve("shm"));
  }

  private RunPlaces places(Map<String, String> environment) {
    return new RunPlaces(new RuntimeDirectories(environment, system), sharedMemory);
  }

  private Map<String, String> loggedIn() {
    return Map.of("XDG_RUNTIME_DIR", login.toString());
  }

  /** Not by its mode: root may write to every directory. */
  private void noSystem() throws IOException {
    Files.writeString(system.resolve("datastored"), "not a directory");
  }

  @Test
  void choose_whatAServiceManagerGives_firstOfAll() {
    Path chosen =
        places(
                Map.of(
                    "RUNTIME_DIRECTORY", given + ":" + login, "XDG_RUNTIME_DIR", login.toString()))
            .choose(STATE);
    assertThat(chosen.getParent()).isEqualTo(given);
  }

  @Test
  void choose_otherwiseTheSystems() throws Exception {
    Path chosen = places(loggedIn()).choose(STATE);
    assertThat(chosen.getParent()).isEqualTo(system.resolve("datastored"));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(chosen)))
        .isEqualTo("rwx------");
  }

  @Test
  void choose_otherwiseThatOfTheLogin() throws Exception {
    noSystem();
    assertThat(places(loggedIn()).choose(STATE).getParent()).isEqualTo(login.resolve("datastored"));
  }

  @Test
  void choose_sharedMemoryLast_thenBesideTheState() throws Exception {
    noSystem();
    assertThat(places(Map.of()).choose(STATE).getParent()).isEqualTo(sharedMemory);
    Files.delete(sharedMemory);
    assertThat(places(Map.of()).choose(STATE)).isEqualTo(STATE.resolve("run.d"));
  }

  @Test
  void choose_placeThatSomebodyElseMayWriteTo_isPassedBy() throws Exception {
    Path ours = places(loggedIn()).choose(STATE);
    Files.setPosixFilePermissions(ours, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThat(places(loggedIn()).choose(STATE).getParent()).isEqualTo(login.resolve("datastored"));
  }

  @Test
  void choose_isAnotherDirectoryForEachStateDirectory_andKnownAgain() {
    Path one = places(Map.of()).choose(STATE);
    Path other = places(Map.of()).choose(Path.of("/var/lib/other"));
    assertThat(one).isNotEqualTo(other).isEqualTo(places(Map.of()).choose(STATE));
    assertThat(places(Map.of()).isChosenFor(STATE, one)).isTrue();
    assertThat(places(Map.of()).isChosenFor(STATE, other)).isFalse();
  }

  @Test
  void isChosenFor_thatOfAnEarlierVersion() throws Exception {
    noSystem();
    Path earlier = places(Map.of()).choose(STATE);
    assertThat(earlier.getFileName().toString()).startsWith("datastored-");
    assertThat(places(loggedIn()).isChosenFor(STATE, earlier)).isTrue();
  }
}
