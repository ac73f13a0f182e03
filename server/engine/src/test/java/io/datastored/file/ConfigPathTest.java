package io.datastored.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigPathTest {

  @TempDir Path temporary;
  private Path directory;

  @BeforeEach
  void setUp() throws Exception {
    directory = temporary.toRealPath();
    Files.createDirectories(directory.resolve("a/b"));
    Files.createSymbolicLink(directory.resolve("link"), Path.of("a/b"));
  }

  @Test
  void asGiven_namesThatSayNothing_areLeftOut() {
    assertThat(ConfigPath.asGiven(directory.resolve("a/./b/../x.cfg")))
        .isEqualTo(directory.resolve("a/x.cfg"));
    assertThat(ConfigPath.asGiven(Path.of("/../x.cfg"))).isEqualTo(Path.of("/x.cfg"));
    assertThat(ConfigPath.asGiven(Path.of("x.cfg"))).isEqualTo(Path.of("x.cfg").toAbsolutePath());
  }

  @Test
  void asGiven_links_areKept() {
    Path given = directory.resolve("link/x.cfg");
    assertThat(ConfigPath.asGiven(given)).isEqualTo(given);
  }

  /** The parent of what the link leads to is not the directory of the link. */
  @Test
  void asGiven_aboveALink_leadsToTheSameFile() throws Exception {
    Files.writeString(directory.resolve("a/x.cfg"), "this");
    Files.writeString(directory.resolve("x.cfg"), "not this");

    Path given = ConfigPath.asGiven(directory.resolve("link/./../x.cfg"));

    assertThat(given).hasContent("this");
    assertThat(ConfigPath.asGiven(given)).isEqualTo(given);
    assertThat(ConfigPath.leadToOneFile(given, directory.resolve("a/x.cfg"))).isTrue();
  }

  @Test
  void leadToOneFile_linksAndFilesThatAreNotThere() throws Exception {
    assertThat(
            ConfigPath.leadToOneFile(
                directory.resolve("link/none.cfg"), directory.resolve("a/b/none.cfg")))
        .isTrue();
    assertThat(ConfigPath.leadToOneFile(directory.resolve("link/x"), directory.resolve("a/b/y")))
        .isFalse();
  }
}
