package io.datastored.cli.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.datastored.cli.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** The commands of a cluster on one etcd, and files for them. Confined to one thread. */
final class ClusterSite {

  private final Path directory;
  private final List<String> flags;
  private String editor = "false";
  private String input = "";

  ClusterSite(Path directory, String... flags) {
    this.directory = directory;
    this.flags = List.of(flags);
  }

  /** Runs a command of the group. */
  Shell.Result run(Object... words) {
    List<String> all = new ArrayList<>(List.of("cluster"));
    for (Object word : words) {
      all.add(word.toString());
    }
    all.addAll(flags);
    return new Shell().with("EDITOR", editor).input(input).run(all.toArray(String[]::new));
  }

  /** Runs a command that asks. */
  Shell.Result answering(String answer, Object... words) {
    input = answer;
    Shell.Result result = run(words);
    input = "";
    return result;
  }

  Path file(String name, String text) throws IOException {
    return Files.write(directory.resolve(name), text.getBytes(UTF_8));
  }

  /** What is in etcd. */
  String export() throws IOException {
    Path file = directory.resolve("exported");
    Shell.Result result = run("export", file);
    if (result.status() != 0) {
      throw new AssertionError(result.toString());
    }
    return Files.readString(file);
  }

  /**
   * Edits with a script.
   *
   * @param script of a shell: the file is {@code $1}
   * @param answers to questions
   */
  Shell.Result edit(String script, String answers, Object... words) throws IOException {
    Path program = file("editor", "#!/bin/sh\ncd '" + directory + "'\n" + script + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    editor = program.toString();
    input = answers;
    List<Object> all = new ArrayList<>(List.of("edit"));
    all.addAll(List.of(words));
    return run(all.toArray());
  }

  static String section(String name, String comment) {
    return "datastore: %s\n\tcomment %s\n\tpath /srv/%s\n\n".formatted(name, comment, name);
  }
}
