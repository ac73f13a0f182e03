package io.datastored.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A command calls only a server that nobody but trusted users can have put there. */
final class SocketPlaceTest {
  @TempDir Path directory;

  private Path run;
  private SocketPlace place;

  @BeforeEach
  void makeDirectory() throws IOException {
    run = Files.createDirectory(directory.resolve("run"));
    place = in(run);
  }

  private SocketPlace in(Path where) throws IOException {
    return new SocketPlace(where, Set.of(), (Integer) Files.getAttribute(directory, "unix:uid"));
  }

  private ServerSocketChannel serve() throws IOException {
    return ServerSocketChannel.open(StandardProtocolFamily.UNIX)
        .bind(UnixDomainSocketAddress.of(place.socket()));
  }

  private static void mode(Path path, String mode) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  @Test
  void obstacle_serverOfThisUser_none() throws Exception {
    try (ServerSocketChannel live = serve()) {
      assertThat(live.isOpen()).isTrue();
      assertThat(place.obstacle()).isEmpty();
    }
  }

  @Test
  void obstacle_noDirectory_noSocket_noServer() throws Exception {
    assertThat(in(directory.resolve("none")).obstacle()).contains("it does not exist");
    assertThat(place.obstacle()).contains("it does not exist");
    serve().close();
    assertThat(place.obstacle()).contains("no server listens on it");
  }

  @Test
  void obstacle_othersMayWriteToTheDirectory_evenIfTheServerIsGood() throws Exception {
    try (ServerSocketChannel live = serve()) {
      assertThat(live.isOpen()).isTrue();
      for (String open : new String[] {"rwxrwxr-x", "rwxr-xrwx"}) {
        mode(run, open);
        assertThat(place.obstacle()).contains("others than its owner may write to the directory");
      }
    }
  }

  @Test
  void obstacle_othersMayWriteAbove_thatIsNamed() throws Exception {
    try (ServerSocketChannel live = serve()) {
      assertThat(live.isOpen()).isTrue();
      mode(directory, "rwxrwxrwx");
      assertThat(place.obstacle()).contains("other users may write to " + directory);
    }
  }

  @Test
  void obstacle_othersMayWriteAboveTheTargetOfALink_thatIsNamed() throws Exception {
    Path open = Files.createDirectory(directory.resolve("open"));
    Files.move(run, open.resolve("run"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), open);
    place = in(link.resolve("run"));
    try (ServerSocketChannel live = serve()) {
      assertThat(live.isOpen()).isTrue();
      assertThat(place.obstacle()).as("a link is no reason").isEmpty();
      mode(open, "rwxrwxrwx");
      assertThat(place.obstacle().orElseThrow()).startsWith("other users may write to ");
    }
  }

  @Test
  void obstacle_theDirectoryItselfIsALink_isRefused() throws Exception {
    Path real = Files.move(run, directory.resolve("real"));
    Files.createSymbolicLink(run, real);
    try (ServerSocketChannel live = serve()) {
      assertThat(live.isOpen()).isTrue();
      assertThat(place.obstacle()).contains("the directory is a symbolic link");
    }
  }

  @Test
  void obstacle_directoryAboveBelongsToAnotherUser_isRefused() throws Exception {
    int owner = (Integer) Files.getAttribute(directory, "unix:uid");
    if (owner == 0) {
      owner = 34; // everybody trusts root
      Files.setAttribute(directory, "unix:uid", owner);
    }
    try (ServerSocketChannel live = serve()) {
      assertThat(live.isOpen()).isTrue();
      assertThat(new SocketPlace(run, Set.of(), owner + 1).obstacle())
          .contains(directory + " belongs to uid " + owner);
    }
  }
}
