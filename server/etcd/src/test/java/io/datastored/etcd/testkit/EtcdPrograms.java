package io.datastored.etcd.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The programs of etcd are the server and the commands that {@code .ci/etcd/build} has built. They
 * are in the folder that the system property {@code etcd.programs} names. Immutable.
 */
record EtcdPrograms(Path folder) {

  /** The ones that this run of tests was given. */
  static EtcdPrograms ofThisRun() {
    return in(Optional.ofNullable(System.getProperty("etcd.programs")));
  }

  static EtcdPrograms in(Optional<String> folder) {
    return folder
        .map(Path::of)
        .filter(programs -> Files.isExecutable(programs.resolve("etcd")))
        .map(EtcdPrograms::new)
        .orElseThrow(
            () ->
                new AssertionError(
                    "no etcd in "
                        + folder.orElse("etcd.programs, which is not set")
                        + ": run .ci/etcd/build, and the tests with -Petcd"));
  }

  List<String> command(String program, List<String> words) {
    List<String> command = new ArrayList<>(List.of(folder.resolve(program).toString()));
    command.addAll(words);
    return command;
  }

  /** Runs a command without what the environment would set: each variable of etcd is an option. */
  static ProcessBuilder process(List<String> command) {
    ProcessBuilder process = new ProcessBuilder(command);
    process.environment().keySet().removeIf(name -> name.startsWith("ETCD"));
    return process;
  }
}
