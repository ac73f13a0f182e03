package io.datastored.bench.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.datastored.bench.lookup.LookupArm.Begun;
import io.datastored.config.DatastoreName;
import io.datastored.operation.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is compared must be right, or its speed says nothing. */
final class LookupArmTest {

  private static final DatastoreName FIRST = DatastoreName.of("pbs_bench_1");

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(
      value = ArmKind.class,
      names = {"BEFORE", "TAG", "CONFIG"})
  void begin_isCountedInTheTrackingFile_untilItIsClosed(ArmKind kind) throws Exception {
    try (LookupSite site = LookupSite.create(directory, 3);
        LookupArm arm = kind.open(site)) {
      Begun read = arm.begin(FIRST, Operation.READ);
      Begun write = arm.begin(FIRST, Operation.WRITE);
      long own = ProcessHandle.current().pid();
      assertThat(tracked(site))
          .singleElement()
          .satisfies(
              one -> {
                assertThat(one.pid()).isEqualTo(own);
                assertThat(one.read()).isEqualTo(1);
                assertThat(one.write()).isEqualTo(1);
              });
      read.close();
      write.close();
      assertThat(tracked(site)).singleElement().matches(one -> one.read() + one.write() == 0);
    }
  }

  private static List<ActiveOperations> tracked(LookupSite site) throws IOException {
    return ActiveOperations.parse(
        Files.readAllBytes(site.upstream().tracking().resolve(FIRST.value())));
  }

  /** What a save by API does: the file is replaced and the generation raised. */
  @ParameterizedTest
  @EnumSource(
      value = ArmKind.class,
      names = {"BEFORE", "TAG", "CONFIG"})
  void begin_afterASaveThatRefusesIt_isRefused_andNotCounted(ArmKind kind) throws Exception {
    try (LookupSite site = LookupSite.create(directory, 3);
        LookupArm arm = kind.open(site)) {
      arm.begin(FIRST, Operation.WRITE).close();
      site.setMode("read-only");
      assertThatThrownBy(() -> arm.begin(FIRST, Operation.WRITE)).isInstanceOf(IOException.class);
      assertThat(tracked(site)).singleElement().matches(one -> one.write() == 0);
      arm.begin(FIRST, Operation.READ).close();
    }
  }

  /** The first version decided at the lookup, and so missed a mode that was set after it. */
  @ParameterizedTest
  @EnumSource(
      value = ArmKind.class,
      names = {"BEFORE", "CONFIG"})
  void lastRelease_underAModeSetMeanwhile_closesTheLockFile(ArmKind kind) throws Exception {
    try (LookupSite site = LookupSite.create(directory, 3);
        LookupArm arm = kind.open(site)) {
      Begun begun = arm.begin(FIRST, Operation.WRITE);
      site.setMode("offline");
      assertThat(openLockFiles(site)).isEqualTo(1);
      begun.close();
      assertThat(openLockFiles(site)).isZero();
    }
  }

  private static long openLockFiles(LookupSite site) throws IOException {
    String lockFile =
        site.directory().toRealPath().resolve("bases").resolve(FIRST.value()) + "/.lock";
    long open = 0;
    try (var descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path descriptor : descriptors) {
        try {
          open += Files.readSymbolicLink(descriptor).toString().equals(lockFile) ? 1 : 0;
        } catch (IOException e) {
          // Closed meanwhile, as that of the listing itself.
        }
      }
    }
    return open;
  }

  /** Upstream lost the entry of a second process when the first one's was there. */
  @Test
  void trackingFile_entryOfAnotherLiveProcess_staysBesideTheOwn_andADeadOneGoes() throws Exception {
    Process other = new ProcessBuilder("sleep", "60").start();
    try {
      long startTime = ProcessStat.self().startTime();
      Files.write(
          directory.resolve("store"),
          ActiveOperations.toJson(
              List.of(
                  new ActiveOperations(other.pid(), startTime, 1, 2),
                  new ActiveOperations(Integer.MAX_VALUE, startTime, 3, 4))));
      var tracking = new TrackingFile(directory, "store", Files.getOwner(directory));
      ActiveOperations own = tracking.add(Operation.WRITE, 1);
      assertThat(own.write()).isEqualTo(1);
      assertThat(tracking.read())
          .extracting(ActiveOperations::pid)
          .containsExactly(other.pid(), ProcessHandle.current().pid());
      assertThat(tracking.add(Operation.WRITE, -1).write()).isZero();
    } finally {
      other.destroy();
    }
  }

  @ParameterizedTest
  @EnumSource(ArmKind.class)
  void workload_ofEachKind_runsOnEachArm(ArmKind kind) throws Exception {
    try (LookupSite site = LookupSite.create(directory, 5);
        LookupArm arm = kind.open(site)) {
      for (Workload.Release release : Workload.Release.values()) {
        assertThat(new Workload(5, 3, release).run(arm, site.names())).isPositive();
      }
    }
  }
}
