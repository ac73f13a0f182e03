package io.datastored.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.datastored.file.RuntimeDirectories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers and commands meet in the same places, and nobody else can get in between. */
final class SocketPlacesTest {
  @TempDir Path directory;

  private Path given;
  private Path system;
  private Path login;
  private Path temporary;
  private int uid;

  @BeforeEach
  void makeDirectories() throws IOException {
    given = Files.createDirectory(directory.resolve("given"));
    system = Files.createDirectory(directory.resolve("run"));
    login = Files.createDirectory(directory.resolve("login"));
    temporary = Files.createDirectory(directory.resolve("tmp"));
    // By command: Java has no name for the sticky bit.
    chmod("1777", temporary);
    uid = (Integer) Files.getAttribute(directory, "unix:uid");
  }

  private SocketPlaces places(Map<String, String> environment) {
    return new SocketPlaces(new RuntimeDirectories(environment, system), temporary, uid);
  }

  private Path chosen(Map<String, String> environment) throws DaemonStartException {
    return places(environment).choose().socket();
  }

  private Map<String, String> all() {
    return Map.of("RUNTIME_DIRECTORY", given + ":" + system, "XDG_RUNTIME_DIR", login.toString());
  }

  private Map<String, String> loggedIn() {
    return Map.of("XDG_RUNTIME_DIR", login.toString());
  }

  /** Not by its mode: root may write to every directory. */
  private void noSystem() throws IOException {
    Files.writeString(system.resolve("datastored"), "not a directory");
  }

  private static void chmod(String mode, Path path) throws IOException {
    try {
      assertThat(new ProcessBuilder("chmod", mode, path.toString()).start().waitFor()).isZero();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static String modeOf(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void inOrder_isTheOrderOfTheDocuments() {
    assertThat(places(all()).inOrder().stream().map(SocketPlace::socket))
        .containsExactly(
            given.resolve("datastored.sock"),
            system.resolve("datastored/datastored.sock"),
            login.resolve("datastored/datastored.sock"),
            temporary.resolve("datastored-" + uid + "/datastored.sock"));
  }

  @Test
  void choose_whatTheServiceManagerGives_firstOfAll() throws Exception {
    assertThat(chosen(all())).isEqualTo(given.resolve("datastored.sock"));
  }

  @Test
  void choose_otherwiseTheSystems_whichOthersMayEnterButNotChange() throws Exception {
    assertThat(chosen(loggedIn())).isEqualTo(system.resolve("datastored/datastored.sock"));
    assertThat(modeOf(system.resolve("datastored"))).isEqualTo("rwxr-xr-x");
  }

  @Test
  void choose_otherwiseThatOfTheLogin() throws Exception {
    noSystem();
    assertThat(chosen(loggedIn())).isEqualTo(login.resolve("datastored/datastored.sock"));
  }

  @Test
  void choose_lastThatOfTheUserInTmp_forNobodyElse() throws Exception {
    noSystem();
    Path own = temporary.resolve("datastored-" + uid);
    assertThat(chosen(Map.of())).isEqualTo(own.resolve("datastored.sock"));
    assertThat(modeOf(own)).isEqualTo("rwx------");
    assertThat(chosen(Map.of())).as("again").isEqualTo(own.resolve("datastored.sock"));
  }

  @Test
  void choose_directoryThatOthersMayWriteTo_isPassedOver() throws Exception {
    chmod("0770", given);
    assertThat(chosen(all())).isEqualTo(system.resolve("datastored/datastored.sock"));
  }

  @Test
  void choose_nothingLeft_saysWhyOfEach() throws Exception {
    noSystem();
    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    Path link = Files.createSymbolicLink(temporary.resolve("datastored-" + uid), elsewhere);
    Files.delete(login);

    assertThatThrownBy(() -> chosen(Map.of("RUNTIME_DIRECTORY", login.resolve("x").toString())))
        .isInstanceOfSatisfying(
            DaemonStartException.class,
            e -> assertThat(e.kind()).isEqualTo(DaemonStartException.Kind.ADDRESS))
        .hasMessage(
            """
            no directory can be used for the Unix socket of this server:
              %s: it does not exist
              %s: it is not a directory
              %s: the directory is a symbolic link
            Say where to listen: --listen HOST:PORT,unix:/PATH"""
                .formatted(login.resolve("x"), system.resolve("datastored"), link));
    assertThat(elsewhere).isEmptyDirectory();
  }
}
