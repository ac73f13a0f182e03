package io.datastored.daemon;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.datastored.access.Role;
import io.datastored.daemon.AccessTable.Door;
import io.datastored.daemon.RuledServer.InForce;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The access table over a Unix socket, as two users beside the server's own. */
@Tag("root")
final class AccessDoorsRootTest {

  private static final int ALICE = 54_321;
  private static final int BOB = 54_322;

  private final List<UserDoor> users = new ArrayList<>();
  private Path directory;
  private RuledServer server;

  @BeforeEach
  void make() throws Exception {
    directory = Files.createTempDirectory(Path.of("/var/tmp"), "access-doors");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @AfterEach
  void stop() throws Exception {
    for (UserDoor user : users) {
      user.close();
    }
    server.close();
    MoreFiles.deleteRecursively(directory, RecursiveDeleteOption.ALLOW_INSECURE);
  }

  @Test
  void unixSocket_eachUser_answersAsTheTableSays() throws Exception {
    server = RuledServer.start(directory, InForce.FILE, Optional.empty());
    AccessTable.play(
        List.of(door(ALICE, "uid:" + ALICE), door(BOB, "gid:" + BOB)),
        server.own(),
        "",
        server::use);
  }

  @Test
  void unixSocket_whatOneUserHolds_isNotForTheOther() throws Exception {
    server = RuledServer.start(directory, InForce.FILE, Optional.empty());
    Door alice = door(ALICE, "uid:" + ALICE);
    AccessTable.play(
        List.of(door(BOB, "uid:" + BOB)),
        alice.channel(),
        "allow uid:%d admin *\n".formatted(ALICE),
        server::use);
  }

  @Test
  void builtInRules_usersOfThisHostAreUsers() throws Exception {
    server = RuledServer.start(directory, InForce.BUILT_IN, Optional.empty());
    AccessTable.playOneRole(door(ALICE, ""), Role.USER, AccessTable.hold(server.own()));
    AccessTable.playOneRole(
        new Door("root", "", server.own()), Role.ADMIN, AccessTable.hold(users.get(0).channel()));
  }

  private Door door(int uid, String who) throws Exception {
    UserDoor user = UserDoor.open(uid, server.socket(), directory);
    users.add(user);
    return new Door("socket as uid " + uid, who, user.channel());
  }
}
