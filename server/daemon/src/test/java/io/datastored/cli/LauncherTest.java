package io.datastored.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher in a tree that has been built, with a java that tells how it was called. */
final class LauncherTest {

  private static final List<String> SOURCES =
      List.of(
          "pom.xml",
          "proto/pom.xml",
          "proto/datastored/a.proto",
          "server/engine/pom.xml",
          "server/engine/src/main/A.java",
          "server/etcd/pom.xml",
          "server/etcd/src/main/D.java",
          "NOTICE",
          "server/daemon/pom.xml",
          "server/daemon/src/main/B.java",
          "client-lib/java/pom.xml",
          "client-lib/java/src/main/C.java");

  @TempDir Path directory;
  private Path tree;

  @BeforeEach
  void build() throws IOException {
    tree = Files.createDirectory(directory.toRealPath().resolve("tree"));
    for (String source : SOURCES) {
      write(source, "source");
    }
    write("server/daemon/target/datastored.jar", "built");
    write("server/bin/datastored", Files.readString(Path.of("../bin/datastored")));
    write("server/package/datastored", Files.readString(Path.of("../package/datastored")));
    write("jdk/bin/java", "#!/bin/sh\necho \"$@\"\n");
  }

  private void write(String file, String text) throws IOException {
    Path path = tree.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
    assertThat(path.toFile().setExecutable(true)).isTrue();
  }

  private String run(Path launcher) throws Exception {
    ProcessBuilder command =
        new ProcessBuilder(launcher.toString(), "status", "main").redirectErrorStream(true);
    command.environment().put("JAVA_HOME", tree.resolve("jdk").toString());
    command.environment().remove("JAVA_OPTS");
    Process process = command.start();
    process.getOutputStream().close();
    String told = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(told).isZero();
    return told;
  }

  @Test
  void launcher_runsACopyOfTheJar_withTheWordsItWasGiven() throws Exception {
    run(tree.resolve("server/bin/datastored"));
    assertThat(run(tree.resolve("server/bin/datastored")))
        .endsWith(
            "-jar " + tree.resolve("server/daemon/target/run/datastored.jar") + " status main\n")
        .hasLineCount(1);
  }

  @Test
  void launcher_throughALink_orALinkedFolder_findsItsTree() throws Exception {
    run(tree.resolve("server/bin/datastored"));
    Path link = directory.resolve("datastored");
    Files.createSymbolicLink(link, tree.resolve("server/bin/datastored"));
    Path folder = Files.createDirectory(directory.resolve("elsewhere")).resolve("server");
    Files.createSymbolicLink(folder, tree.resolve("server"));
    Path jar = tree.resolve("server/daemon/target/run/datastored.jar");
    assertThat(run(link)).contains("-jar " + jar + " ").hasLineCount(1);
    assertThat(run(folder.resolve("bin/datastored"))).contains("-jar " + jar + " ").hasLineCount(1);
  }

  @Test
  void launcher_inAnyLocale_runsJavaInUtf8_andRemembersTheCallers() throws Exception {
    write("jdk/bin/java", "#!/bin/sh\necho \"$LC_ALL <$DATASTORED_CALLER_LC_ALL>\"\n");
    run(tree.resolve("server/bin/datastored"));
    assertThat(runIn("C")).isEqualTo("C.UTF-8 <=C>\n");
    assertThat(runIn("")).isEqualTo("C.UTF-8 <=>\n");
    assertThat(run(tree.resolve("server/bin/datastored"))).startsWith("C.UTF-8 <");
  }

  private String runIn(String locale) throws Exception {
    ProcessBuilder command =
        new ProcessBuilder(tree.resolve("server/bin/datastored").toString(), "status");
    command.environment().put("JAVA_HOME", tree.resolve("jdk").toString());
    command.environment().put("LC_ALL", locale);
    Process process = command.start();
    process.getOutputStream().close();
    return new String(process.getInputStream().readAllBytes(), UTF_8);
  }
}
