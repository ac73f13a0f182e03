package io.datastored.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.google.common.base.Ticker;
import com.google.common.collect.ImmutableSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Users of the files and of a name service, which is a script here. */
final class SystemUsersTest {

  private static final Duration LONG = Duration.ofMinutes(1);

  @TempDir Path directory;
  private Path passwd;
  private Path group;

  @BeforeEach
  void files() throws IOException {
    passwd = directory.resolve("passwd");
    group = directory.resolve("group");
    Files.writeString(
        passwd,
        """
        root:x:0:0:root:/root:/bin/bash
        alice:x:1001:27:Alice:/home/alice:/bin/bash
        bob:x:1002:100::/home/bob:/bin/bash
        bob:x:9999:9999:a second line of the same name::
        +::::::
        # no user
        """);
    Files.writeString(group, "root:x:0:\nops:x:27:bob, remote\nempty:x:28:\n");
  }

  private SystemUsers users(String script) throws IOException {
    return users(script, LONG);
  }

  private SystemUsers users(String script, Duration limit) throws IOException {
    Path command =
        Files.createFile(
            directory.resolve("getent"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Files.writeString(command, "#!/bin/sh\n" + script + "\n");
    return new SystemUsers(
        passwd, group, new Getent(Optional.of(command), limit, Ticker.systemTicker()));
  }

  private static final String DIRECTORY =
      """
      database=$1; shift
      for key; do
        case $database:$key in
          passwd:remote) echo 'remote:*:5001:5000::/:/bin/sh' ;;
          passwd:remote@corp) echo 'remote:*:5001:5000::/:/bin/sh' ;;
          passwd:5001) echo 'remote:*:5001:5000::/:/bin/sh' ;;
          group:"far away") echo 'far away:*:6000:remote' ;;
          *) missing=yes ;;
        esac
      done
      [ -z "$missing" ] || exit 2
      """;

  @Test
  void user_ofTheFile_isFoundWithoutTheNameService() throws IOException {
    SystemUsers users = users("exit 1");
    assertThat(users.user("alice")).contains(new Users.User("1001", "27"));
    assertThat(users.user("1002")).contains(new Users.User("1002", "100"));
    assertThat(users.user("bob")).contains(new Users.User("1002", "100"));
  }

  @Test
  void user_ofTheNameService_isFoundByNameNumberAndOtherSpelling() throws IOException {
    SystemUsers users = users(DIRECTORY);
    Optional<Users.User> remote = Optional.of(new Users.User("5001", "5000"));
    assertThat(users.user("remote")).isEqualTo(remote);
    assertThat(users.user("remote@corp")).isEqualTo(remote);
    assertThat(users.user("5001")).isEqualTo(remote);
    assertThat(users.user("nobody-at-all")).isEmpty();
  }

  @Test
  void group_hasMembersByName_andThoseWhosePrimaryGroupItIs() throws IOException {
    SystemUsers users = users(DIRECTORY);
    Optional<Users.Group> ops =
        Optional.of(new Users.Group("27", ImmutableSet.of("1001", "1002", "5001")));
    assertThat(users.group("ops")).isEqualTo(ops);
    assertThat(users.group("27")).isEqualTo(ops);
    assertThat(users.group("empty").orElseThrow().members()).isEmpty();
    assertThat(users.group("far away")).contains(new Users.Group("6000", ImmutableSet.of("5001")));
    assertThat(users.group("none")).isEmpty();
  }

  @Test
  void group_withAMemberThatIsNotFound_isNotKnown() throws IOException {
    // Without the member a deny for this group would not be for all that it is meant for.
    SystemUsers users = users("exit 2");
    assertThatIOException()
        .isThrownBy(() -> users.group("ops"))
        .withMessage("its member 'remote' is not a user of this host");
  }

  @Test
  void nameThatLooksLikeAnOption_isNotPassedOn() throws IOException {
    SystemUsers users = users("touch '" + directory.resolve("called") + "'; exit 2");
    assertThat(users.user("--help")).isEmpty();
    assertThat(users.user("a:b")).isEmpty();
    assertThat(users.group("-s")).isEmpty();
    assertThat(directory.resolve("called")).doesNotExist();
    assertThat(users.user("carol")).isEmpty();
    assertThat(directory.resolve("called")).exists();
  }

  @Test
  void nameService_thatFails_isNotTakenForNobody() throws IOException {
    SystemUsers users = users("exit 1");
    assertThatIOException()
        .isThrownBy(() -> users.user("carol"))
        .withMessage("'getent passwd' ended with status 1");
  }

  @Test
  void nameService_thatHangs_isGivenUpAfterTheLimit_forAllNames() throws IOException {
    SystemUsers users = users("exec sleep 1000", Duration.ofMillis(200));
    for (String name : List.of("carol", "dave")) {
      assertThatIOException()
          .isThrownBy(() -> users.user(name))
          .withMessage("the name services take longer than 200 ms; write numbers instead of names");
    }
    assertThat(users.user("alice")).isPresent();
  }

  @Test
  void hostWithoutGetentAndFiles_hasNoUsers() throws IOException {
    SystemUsers users =
        new SystemUsers(
            directory.resolve("none"),
            directory.resolve("none"),
            new Getent(Optional.empty(), LONG, Ticker.systemTicker()));
    assertThat(users.user("alice")).isEmpty();
    assertThat(users.group("ops")).isEmpty();
  }

  @Test
  void thisHost_knowsRoot() throws IOException {
    SystemUsers users = SystemUsers.ofThisHost();
    assertThat(users.user("root")).contains(new Users.User("0", "0"));
    assertThat(users.group("root").orElseThrow().gid()).isEqualTo("0");
    assertThat(users.user("no-such-user-here")).isEmpty();
  }
}
