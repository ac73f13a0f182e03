package io.datastored.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.datastored.config.DatastoreName;
import io.datastored.engine.health.Trouble;
import io.datastored.engine.health.TroubleCause;
import io.datastored.engine.health.Troubles;
import io.datastored.file.BreakableDisk;
import io.datastored.file.DiskSteps;
import io.datastored.history.Generation;
import io.datastored.history.Incarnation;
import io.datastored.history.Revision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The rules of a server over edits, faults and restarts. A look is a call here, not a time. */
final class FollowedRulesTest {

  private static final DatastoreName MAIN = DatastoreName.of("main");
  private static final Identity CLIENT = Identity.of(new Principal("cn:a"));
  private static final Identity ALICE = Identity.of(Identity.user(1001));
  private static final String USER = "allow cn:a user main\nallow uid:alice reader main\n";
  private static final String OPERATOR = USER.replace("user", "operator");

  @TempDir Path directory;
  private Path file;
  private Path state;
  private final Troubles troubles = new Troubles(InstantSource.system());
  private final List<Revision> changes = new ArrayList<>();
  private KnownUsers users = known("1001");
  private long generation = 5;
  private DiskSteps disk = DiskSteps.REAL;
  private Access access = Access.nothing();

  private static KnownUsers known(String alice) {
    return new KnownUsers(
        ImmutableMap.of("alice", new Users.User(alice, "100")), ImmutableMap.of());
  }

  @BeforeEach
  void directories() throws IOException {
    file = directory.resolve("rules");
    state = Files.createDirectory(directory.resolve("state"));
    // A server before the rules has shown something to everybody.
    Files.createFile(state.resolve("state"));
  }

  private static Revision revision(long generation) {
    return new Revision(new Incarnation("0123456789abcdef"), new Generation(generation));
  }

  private void write(String text) throws IOException {
    Files.writeString(file, text);
  }

  private Runnable start() throws Exception {
    return start(new AccessOptions(Optional.of(file), false, Duration.ofSeconds(2)));
  }

  /** A start of a server on the state directory, which knows nothing of an earlier one. */
  private Runnable start(AccessOptions options) throws Exception {
    troubles.clear(TroubleCause.ACCESS);
    OpenedRules opened = OpenedRules.of(options, state, users, disk, InstantSource.system());
    access = new Access(Rules.NONE, ImmutableSet.of());
    changes.clear();
    access.addListener(() -> changes.add(access.changedAt().orElseThrow()));
    return opened.begin(access, () -> users, () -> revision(generation), troubles);
  }

  private static AccessOptions builtIn() {
    return new AccessOptions.Builder().build();
  }

  private static void settle(Runnable rules) {
    rules.run();
    rules.run();
  }

  private Role role() {
    return access.rules().rightsOf(CLIENT).role(MAIN);
  }

  private String trouble() {
    return troubles.ofServer(TroubleCause.ACCESS).map(Trouble::message).orElse("");
  }

  private Path kept() {
    return state.resolve("access");
  }

  @Test
  void start_putsTheFileInForce_andKeepsIt() throws Exception {
    write(USER);
    start();
    assertThat(role()).isEqualTo(Role.USER);
    assertThat(access.rules().rightsOf(ALICE).role(MAIN)).isEqualTo(Role.READER);
    assertThat(access.changedAt()).contains(revision(5));
    assertThat(trouble()).isEmpty();
    assertThat(Files.readString(kept())).endsWith(USER);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept())))
        .isEqualTo("rw-------");
  }

  @Test
  void newStateDirectory_nothingWasShownByOtherRules_alsoAfterARestart() throws Exception {
    Files.delete(state.resolve("state"));
    write(USER);
    start();
    assertThat(role()).isEqualTo(Role.USER);
    assertThat(access.changedAt())
        .hasValueSatisfying(at -> assertThat(at.sameHistory(revision(5))).isFalse());

    Files.createFile(state.resolve("state"));
    generation = 7;
    Runnable rules = start();
    assertThat(access.changedAt())
        .hasValueSatisfying(at -> assertThat(at.sameHistory(revision(5))).isFalse());

    write(OPERATOR);
    settle(rules);
    assertThat(access.changedAt()).contains(revision(7));
  }

  @Test
  void firstStart_withABrokenFile_fails_withThePlaceOfTheFault() throws Exception {
    write(USER + "allow cn:a boss main\n");
    assertThatExceptionOfType(AccessStartException.class)
        .isThrownBy(this::start)
        .withMessage(
            "the rules cannot be used: %s, line 3, column 12: 'boss' is not a role: reader, user,"
                + " operator or admin; to see every fault, run: datastored check --access %s",
            file, file);
    assertThat(kept()).doesNotExist();
  }

  @Test
  void firstStart_withoutTheFile_fails() {
    assertThatExceptionOfType(AccessStartException.class)
        .isThrownBy(this::start)
        .withMessageContaining(file + " does not exist");
  }

  @Test
  void edit_isUsed_whenTwoLooksHaveFoundIt() throws Exception {
    write(USER);
    Runnable rules = start();
    settle(rules);
    generation = 9;
    write(OPERATOR);
    rules.run();
    assertThat(role()).isEqualTo(Role.USER);
    rules.run();
    assertThat(role()).isEqualTo(Role.OPERATOR);
    assertThat(changes).containsExactly(revision(5), revision(9));
    settle(rules);
    assertThat(changes).hasSize(2);
    assertThat(Files.readString(kept())).endsWith(OPERATOR);
  }

  @Test
  void edit_thatIsStillBeingWritten_isNotUsed() throws Exception {
    write(USER);
    Runnable rules = start();
    write("allow cn:a admin *\n");
    rules.run();
    write("allow cn:a admin *\ndeny cn:a user *\n");
    rules.run();
    assertThat(role()).isEqualTo(Role.USER);
    rules.run();
    assertThat(role()).isEqualTo(Role.READER);
  }

  /** What can happen to the file. */
  enum Harm {
    REMOVED("does not exist"),
    DIRECTORY("is a directory"),
    EMPTY("line 1, column 1: there is nothing in the file"),
    CUT("was cut: it ends in the middle of a line that it had before"),
    BROKEN("line 2, column 1: a rule begins with 'allow' or 'deny', not 'permit' (and 1 more)"),
    UNREADABLE("cannot be read: Input/output error"),
    NOT_UTF8("line 2, column 4: the bytes from here on are not UTF-8"),
    TOO_LARGE("at most 2097152 bytes are read"),
    UNKNOWN_USER("line 2, column 7: there is no user 'carol' on this host");

    final String told;

    Harm(String told) {
      this.told = told;
    }

    void happen(Path file) throws IOException {
      Files.deleteIfExists(file);
      switch (this) {
        case REMOVED -> {}
        case DIRECTORY -> Files.createDirectory(file);
        case EMPTY -> Files.writeString(file, "");
        case CUT -> Files.writeString(file, USER.substring(0, USER.length() - 2));
        case BROKEN -> Files.writeString(file, "# x\npermit cn:a\u200b boss main\n");
        // A regular file whose first byte cannot be read, by root neither.
        case UNREADABLE -> Files.createSymbolicLink(file, Path.of("/proc/self/mem"));
        case NOT_UTF8 -> Files.write(file, new byte[] {'#', '\n', '#', 'x', 'y', (byte) 0xff});
        case TOO_LARGE -> Files.writeString(file, "# filler\n".repeat(300_000));
        case UNKNOWN_USER -> Files.writeString(file, "# x\nallow uid:carol user main\n");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void harm_leavesTheLastGoodRulesInForce_alsoAfterARestart_untilItIsMended(Harm harm)
      throws Exception {
    write(USER);
    Runnable rules = start();
    harm.happen(file);
    settle(rules);
    assertThat(role()).isEqualTo(Role.USER);
    assertThat(trouble())
        .contains(harm.told)
        .contains("the last good rules stay in force")
        .endsWith("run: datastored check --access " + file);

    generation = 8;
    rules = start();
    assertThat(role()).isEqualTo(Role.USER);
    assertThat(trouble()).contains(harm.told);
    assertThat(access.changedAt()).contains(revision(5));

    Files.deleteIfExists(file);
    write(OPERATOR);
    settle(rules);
    assertThat(role()).isEqualTo(Role.OPERATOR);
    assertThat(trouble()).isEmpty();
    assertThat(access.changedAt()).contains(revision(8));
  }

  @Test
  void lastLineRemoved_isAnEdit_notACut() throws Exception {
    write(OPERATOR);
    Runnable rules = start();
    write("allow cn:a operator main\n");
    settle(rules);
    assertThat(trouble()).isEmpty();
    assertThat(access.rules().rightsOf(ALICE).role(MAIN)).isEqualTo(Role.NONE);
  }

  @Test
  void commentsAlone_areLegal_andGrantNothing() throws Exception {
    write(USER);
    Runnable rules = start();
    write("# closed\n");
    settle(rules);
    assertThat(role()).isEqualTo(Role.NONE);
    assertThat(trouble()).isEmpty();
  }

  @Test
  void restart_withTheSameRules_keepsTheRevisionOfTheirChange() throws Exception {
    write(USER);
    start();
    generation = 7;
    start();
    assertThat(access.changedAt()).contains(revision(5));
  }

  @Test
  void restart_withOtherRules_isAChange() throws Exception {
    write(USER);
    start();
    generation = 7;
    write(OPERATOR);
    start();
    assertThat(access.changedAt()).contains(revision(7));
  }

  @Test
  void restart_withoutTheFile_isAChangeToTheBuiltInRules_andBack() throws Exception {
    write(USER);
    start();
    generation = 7;
    start(builtIn());
    assertThat(access.changedAt()).contains(revision(7));
    assertThat(access.rules().toString()).isEqualTo("the built-in rules");
    generation = 8;
    start(builtIn());
    assertThat(access.changedAt()).contains(revision(7));
    generation = 9;
    start();
    assertThat(access.changedAt()).contains(revision(9));
  }

  @Test
  void lastGoodRulesOfAnotherFile_areNotUsed() throws Exception {
    write(USER);
    start();
    file = directory.resolve("others");
    assertThatExceptionOfType(AccessStartException.class)
        .isThrownBy(this::start)
        .withMessageContaining("does not exist");
  }

  @Test
  void userThatGetsAnotherNumber_changesTheRules_afterSomeLooks() throws Exception {
    write(USER);
    Runnable rules = start();
    settle(rules);
    generation = 6;
    users = known("2002");
    for (int look = 0; look < FollowedRules.LOOKS_PER_LOOKUP; look++) {
      rules.run();
    }
    assertThat(access.rules().rightsOf(ALICE).role(MAIN)).isEqualTo(Role.NONE);
    assertThat(access.rules().rightsOf(Identity.of(Identity.user(2002))).role(MAIN))
        .isEqualTo(Role.READER);
    assertThat(access.changedAt()).contains(revision(6));
  }

  @Test
  void userThatIsRemoved_doesNotTakeTheRulesAway_alsoNotAtARestart() throws Exception {
    write(USER);
    Runnable rules = start();
    users = KnownUsers.NONE;
    for (int look = 0; look <= FollowedRules.LOOKS_PER_LOOKUP; look++) {
      rules.run();
    }
    assertThat(trouble()).contains("there is no user 'alice'");
    assertThat(role()).isEqualTo(Role.USER);
    start();
    assertThat(role()).isEqualTo(Role.USER);
    assertThat(access.rules().rightsOf(ALICE).role(MAIN)).isEqualTo(Role.READER);
    assertThat(trouble()).contains("there is no user 'alice'");
  }

  @Test
  void publicationDuringAChange_countsAsShownByTheEarlierRules() throws Exception {
    write(USER);
    Runnable rules = start();
    access.addListener(() -> generation = 12);
    write(OPERATOR);
    settle(rules);
    assertThat(access.changedAt()).contains(revision(12));
    assertThat(KeptRulesFile.parse(Files.readString(kept())).changedAt()).isEqualTo(revision(12));
  }

  @Test
  void killBetweenKeepingAndUse_leavesTheNewRulesForTheNextStart() throws Exception {
    write(USER);
    Runnable rules = start();
    // The process dies at the moment when the rules would come into force.
    access.addListener(
        () -> {
          throw new IllegalStateException("killed");
        });
    write(OPERATOR);
    rules.run();
    try {
      rules.run();
    } catch (IllegalStateException killed) {
      // as planned
    }
    Files.delete(file);
    start();
    assertThat(role()).isEqualTo(Role.OPERATOR);
  }

  @Test
  void kill_atAnyStepOfKeeping_leavesTheOldOrTheNewRules() throws Exception {
    for (int step = 0; step < 12; step++) {
      Files.deleteIfExists(kept());
      disk = DiskSteps.REAL;
      write(USER);
      start();
      disk = new BreakableDisk().killAt(step);
      Runnable rules = start();
      write(OPERATOR);
      try {
        settle(rules);
      } catch (BreakableDisk.Killed killed) {
        // as planned
      }
      Role inForce = role();
      disk = DiskSteps.REAL;
      Files.delete(file);
      start();
      // What was in force was kept before.
      assertThat(role()).as("step " + step).isIn(inForce, Role.OPERATOR);
    }
  }

  @Test
  void fullDisk_doesNotKeepNewRulesOutOfForce_andIsTriedAgain() throws Exception {
    write(OPERATOR);
    start();
    BreakableDisk full = new BreakableDisk();
    disk = full;
    Runnable rules = start();
    full.failAt(BreakableDisk.Step.WRITE, "No space left on device");
    write(USER);
    settle(rules);
    assertThat(role()).isEqualTo(Role.USER);
    assertThat(trouble()).contains("could not be saved for a restart", "no space is left");
    assertThat(Files.readString(kept())).endsWith(OPERATOR);
    full.heal();
    rules.run();
    assertThat(trouble()).isEmpty();
    assertThat(Files.readString(kept())).endsWith(USER);
  }

  @Test
  void damagedKeptFile_isNotUsed() throws Exception {
    write(USER);
    start();
    Files.writeString(kept(), Files.readString(kept()).replace("user main", "admin ma*"));
    generation = 7;
    start();
    assertThat(role()).isEqualTo(Role.USER);
    assertThat(access.changedAt()).contains(revision(7));
    Files.writeString(kept(), "");
    Files.delete(file);
    assertThatExceptionOfType(AccessStartException.class).isThrownBy(this::start);
  }

  @Test
  void keptFile_keepsNamesOfEveryKind() {
    WrittenRules rules =
        new WrittenRules(
            "/etc/a b/rules%2F",
            "# \u00e4\nallow \"gid:domain admins\" user main\n#\n#text\n\n# ",
            new KnownUsers(
                ImmutableMap.of("a\\b c", new Users.User("1", "2")),
                ImmutableMap.of(
                    "domain admins", new Users.Group("3", ImmutableSet.of("4", "5")),
                    "7", new Users.Group("7", ImmutableSet.of()))));
    KeptRules kept = new KeptRules(rules, revision(3));
    assertThat(KeptRulesFile.parse(KeptRulesFile.print(kept))).isEqualTo(kept);
  }
}
