package io.datastored.promise;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.DatastoreName;
import io.datastored.file.BreakableDisk;
import io.datastored.file.DiskSteps;
import io.datastored.operation.Operation;
import io.datastored.promise.Continuations.Granted;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A continuation proves one grant, over restarts, as long as the key is there. */
final class ContinuationsTest {

  private static final Granted GRANTED =
      new Granted(
          "lease",
          new FencingToken(7),
          DatastoreName.of("main"),
          Operation.WRITE,
          Path.of("/srv/main"),
          "uid:1000");

  @TempDir Path directory;

  private Continuations open() {
    return Continuations.open(directory, DiskSteps.REAL);
  }

  private Path key() {
    return directory.resolve(Continuations.NAME);
  }

  @Test
  void continuation_provesItsGrant_alsoToTheNextServer() {
    String told = open().of(GRANTED);
    assertThat(told).matches("[A-Za-z0-9_-]{22}");
    assertThat(open().prove(told, GRANTED)).isTrue();
  }

  @Test
  void continuation_provesNothingElse() {
    Continuations continuations = open();
    String told = continuations.of(GRANTED);
    DatastoreName main = GRANTED.datastore();
    Path path = GRANTED.basePath();
    FencingToken token = GRANTED.token();
    List.of(
            new Granted("leas", token, main, Operation.WRITE, path, "uid:1000"),
            new Granted("lease", new FencingToken(8), main, Operation.WRITE, path, "uid:1000"),
            new Granted("lease", token, DatastoreName.of("mai"), Operation.WRITE, path, "uid:1000"),
            new Granted("lease", token, main, Operation.READ, path, "uid:1000"),
            new Granted("lease", token, main, Operation.WRITE, Path.of("/srv"), "uid:1000"),
            new Granted("lease", token, main, Operation.WRITE, path, "uid:100"),
            // The same characters, parted elsewhere.
            new Granted(
                "leasem", token, DatastoreName.of("ain"), Operation.WRITE, path, "uid:1000"))
        .forEach(other -> assertThat(continuations.prove(told, other)).as("%s", other).isFalse());
    assertThat(continuations.prove("", GRANTED)).isFalse();
    assertThat(continuations.prove(told + "A", GRANTED)).isFalse();
    assertThat(continuations.prove("AAAAAAAAAAAAAAAAAAAAAA", GRANTED)).isFalse();
  }

  @Test
  void key_isForTheServersUserOnly() throws Exception {
    Continuations unused = open();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key())))
        .isEqualTo("rw-------");
  }

  @Test
  void key_ofAnotherDirectory_provesNothing() throws Exception {
    Continuations other =
        Continuations.open(Files.createDirectory(directory.resolve("other")), DiskSteps.REAL);
    assertThat(open().prove(other.of(GRANTED), GRANTED)).isFalse();
  }

  @Test
  void key_lostOrDamaged_isMadeAnew_andProvesNothingOfBefore() throws Exception {
    String told = open().of(GRANTED);
    for (String damaged : new String[] {"", "0123\n", "x".repeat(64) + "\n"}) {
      Files.writeString(key(), damaged);
      assertThat(open().prove(told, GRANTED)).isFalse();
      assertThat(key()).content().matches("[0-9a-f]{64}\n");
    }
    Files.delete(key());
    assertThat(open().prove(told, GRANTED)).isFalse();
  }

  @Test
  void key_thatCannotBeKept_servesThisRun() throws Exception {
    Continuations continuations =
        Continuations.open(
            directory, new BreakableDisk().failAt(BreakableDisk.Step.CREATE, "No space left"));
    assertThat(key()).doesNotExist();
    assertThat(continuations.prove(continuations.of(GRANTED), GRANTED)).isTrue();
    assertThat(open().prove(continuations.of(GRANTED), GRANTED)).isFalse();
  }
}
