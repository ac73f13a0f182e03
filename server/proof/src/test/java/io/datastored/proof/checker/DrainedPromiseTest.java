package io.datastored.proof.checker;

import static io.datastored.proof.checker.Histories.drained;
import static io.datastored.proof.checker.Histories.mode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.util.List;
import org.junit.jupiter.api.Test;

final class DrainedPromiseTest {

  /** Offline at 20 to 21, drained at 50, cleared at 70 to 71. */
  private static final String OFFLINE =
      mode("m1", "a", "OFFLINE", 20, 21)
          + drained("d1", "a", "OFFLINE", 22, 50)
          + mode("m2", "a", "NONE", 70, 71);

  private static final String ASKED = "10 w1 lookup-begin id=1 datastore=a operation=WRITE\n";

  @Test
  void check_usesBeforeAndAfter_findsNothing() {
    assertThat(
            found(
                OFFLINE,
                ASKED,
                """
                11 w1 granted id=1
                40 w1 use id=1
                49 w1 release-begin id=1
                55 w1 released id=1
                60 w1 lookup-begin id=2 datastore=a operation=READ
                61 w1 refused id=2 reason=UNDER_MAINTENANCE mode=OFFLINE generation=7
                69 w1 lookup-begin id=3 datastore=a operation=READ
                71 w1 granted id=3
                72 w1 use id=3
                73 w1 release-begin id=3
                """))
        .isEmpty();
  }

  @Test
  void check_grantWhileDrained_namesDatastoreBothEventsTimesAndProcesses() {
    assertThat(found(OFFLINE, ASKED, "51 w1 granted id=1\n52 w1 release-begin id=1\n"))
        .singleElement(STRING)
        .startsWith("P7 drained promise, a: WRITE of a by w1 (1) was held from 51 until 52")
        .contains("drained until 70")
        .contains("First: [50 operator drained id=d1 mode=OFFLINE]")
        .endsWith("0.000000 s later: [51 w1 granted id=1]");
  }

  @Test
  void check_useThatEndsAfterDrained_orNever_isFound() {
    assertThat(found(OFFLINE, ASKED, "11 w1 granted id=1\n50 w1 release-begin id=1\n")).isEmpty();
    assertThat(found(OFFLINE, ASKED, "11 w1 granted id=1\n51 w1 release-begin id=1\n")).hasSize(1);
    assertThat(found(OFFLINE, ASKED, "11 w1 granted id=1\n"))
        .singleElement(STRING)
        .contains("nobody said that it ended");
  }

  @Test
  void check_whatTheModeAllows_andAnotherDatastore_findsNothing() {
    assertThat(
            found(
                OFFLINE.replace("OFFLINE", "READ_ONLY"),
                """
                10 w1 lookup-begin id=1 datastore=a operation=READ
                11 w1 granted id=1
                12 w1 lookup-begin id=2 datastore=b operation=WRITE
                13 w1 granted id=2
                """))
        .isEmpty();
  }

  @Test
  void check_processOfThisHost_endsWithItsKill_aLeaseWithItsHoldersClock() {
    String local = ASKED + "11 w1 granted id=1\n";
    assertThat(found(OFFLINE, local, "49 driver kill worker=w1\n")).isEmpty();
    assertThat(found(OFFLINE, local, "51 driver kill worker=w1\n")).hasSize(1);
    assertThat(found(OFFLINE, local, "49 driver kill worker=w2\n")).hasSize(1);
    String lease = ASKED + "11 w1 granted id=1 until=30 token=5\n25 w1 until id=1 until=%d\n";
    assertThat(found(OFFLINE, lease.formatted(50))).isEmpty();
    assertThat(found(OFFLINE, lease.formatted(51))).hasSize(1);
    assertThat(found(OFFLINE, lease.formatted(51), "40 driver kill worker=w1\n")).hasSize(1);
  }

  @Test
  void check_leaseEndedByForce_endsWhenTheHolderHears() {
    String lease = ASKED + "11 w1 granted id=1 until=100 token=5\n";
    assertThat(found(OFFLINE, lease, "49 w1 lost id=1 cause=FORCED\n")).isEmpty();
    assertThat(found(OFFLINE, lease, "51 w1 lost id=1 cause=FORCED\n")).hasSize(1);
  }

  @Test
  void check_handleThatSaysWhetherItIsAlive_isHeldUntilItLastSaidYes() {
    String handle = ASKED + "11 w1 granted id=1 alive=1 cached=1\n";
    assertThat(found(OFFLINE, handle, "50 w1 use id=1 ended=55\n60 w1 lost id=1\n")).isEmpty();
    assertThat(found(OFFLINE, handle, "51 w1 use id=1 ended=55\n60 w1 lost id=1\n")).hasSize(1);
    // Alive after the mode, so alive in it too: it never comes back to life.
    assertThat(found(OFFLINE, handle, "80 w1 use id=1 ended=81\n")).hasSize(1);
    // Its writer was stopped between the answer and the line.
    assertThat(found(OFFLINE, ASKED, "60 w1 granted id=1 alive=1 cached=1\n61 w1 lost id=1\n"))
        .isEmpty();
    String within = ASKED.replace("10 w1", "55 w1") + "60 w1 granted id=1 alive=1 cached=1\n";
    assertThat(found(OFFLINE, within)).hasSize(1);
  }

  @Test
  void check_grantFromMemory_countsWhenAllOfItIsInTheTime() {
    String hit = "%d c hit datastore=a operation=%s generation=7 ended=%d\n";
    assertThat(found(OFFLINE, hit.formatted(49, "READ", 55))).isEmpty();
    assertThat(found(OFFLINE, hit.formatted(50, "READ", 69))).hasSize(1);
    assertThat(found(OFFLINE, hit.formatted(50, "READ", 70))).isEmpty();
    assertThat(found(OFFLINE, hit.formatted(50, "LOOKUP", 60))).isEmpty();
  }

  @Test
  void check_otherWriteThatMayStillHappen_endsTheTime_untilALaterOneIsAnswered() {
    String use = ASKED + "11 w1 granted id=1\n60 w1 release-begin id=1\n";
    String open = "15 other write-begin id=x datastore=a mode=NONE\n";
    assertThat(found(OFFLINE, use, open)).isEmpty();
    assertThat(found(OFFLINE, use, open, "65 other write-done id=x generation=9\n")).isEmpty();
    assertThat(found(OFFLINE, use, open, "19 other write-done id=x generation=9\n")).hasSize(1);
    assertThat(found(OFFLINE, use, open, "65 other write-refused id=x reason=R\n")).isEmpty();
    assertThat(found(OFFLINE, use, open, "25 other write-unknown id=x\n")).isEmpty();
    assertThat(found(OFFLINE, use, open, "19 other write-unknown id=x\n")).hasSize(1);
    assertThat(found(OFFLINE, use, open, "19 driver kill worker=other\n")).hasSize(1);
  }

  private static List<String> found(String... parts) {
    return Histories.found(new DrainedPromise(), parts);
  }
}
