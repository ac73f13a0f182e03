package io.datastored.cli.demo;

import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.ExitStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A demo file is the configuration file of the demo. It is edited as editors do: a new file is
 * written beside it and renamed over it. Confined to the demo's thread.
 */
record DemoFile(Path path) {

  private static final String TEXT =
      """
      datastore: archive
      	comment cold data
      	path /srv/archive

      datastore: main
      	comment Primary, shelf A
      	gc-schedule daily
      	path /srv/main

      datastore: scratch
      	path /srv/scratch
      	verify-new true
      """;

  void create() throws IOException {
    Files.writeString(path, TEXT);
  }

  void replace(String old, String present) throws IOException {
    String before = Files.readString(path);
    String after = before.replace(old, present);
    if (after.equals(before)) {
      throw new CommandFailed(ExitStatus.NO, "The demo's file does not hold '" + old + "'.");
    }
    Path next = path.resolveSibling("datastore.cfg.swp");
    Files.writeString(next, after);
    Files.move(next, path, StandardCopyOption.ATOMIC_MOVE);
  }
}
