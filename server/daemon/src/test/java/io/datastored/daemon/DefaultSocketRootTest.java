package io.datastored.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Servers and commands of several users on one machine, none of which is given an address. Each
 * test has a {@code /run}, a {@code /tmp} and a network of its own, which only root can make.
 */
@Tag("root")
final class DefaultSocketRootTest {

  private static final int ALICE = 54_321;
  private static final int MALLORY = 54_322;

  private TestMachine machine;

  @BeforeEach
  void startMachine() throws Exception {
    machine = TestMachine.start("default-socket");
  }

  @AfterEach
  void stopMachine() throws Exception {
    machine.close();
  }

  @Test
  void rootsServer_everyUserReachesIt_andASecondOneIsToldWhichProcessIsThere() throws Exception {
    Process server = machine.start(0, "first");

    assertThat(machine.read("first.out"))
        .contains(" on 127.0.0.1:7400, unix:/run/datastored/datastored.sock, revision ");
    assertThat(machine.run(ALICE, "lookup", "main").status())
        .as(machine.read("command.err"))
        .isZero();
    machine.shell(ALICE, "[ $(stat -c %a /run/datastored) = 755 ]");
    machine.shell(ALICE, "[ $(stat -c %a /run/datastored/datastored.sock) = 666 ]");

    TestMachine.Result second = machine.run(0, machine.serve(0, "second"));
    assertThat(second.status()).isEqualTo(5);
    assertThat(second.err())
        .endsWith(
            "datastored serve: cannot listen on unix:/run/datastored/datastored.sock: process %d of"
                    .formatted(server.pid())
                + " uid 0 listens there already; stop it, or choose other addresses with"
                + " --listen\n");
  }

  @Test
  void killedServer_commandSaysSo_andTheNextOneTakesItsPlace() throws Exception {
    machine.start(0, "first").destroyForcibly().waitFor();

    TestMachine.Result none = machine.run(ALICE, "lookup", "main");
    assertThat(none.status()).isEqualTo(3);
    assertThat(none.err())
        .contains("unix:/run/datastored/datastored.sock: no server listens on it\n");
    machine.start(0, "second");
    assertThat(machine.run(ALICE, "lookup", "main").status()).isZero();
  }

  @Test
  void serverOfAUser_isInTmp_andOnlyForThatUserAndRoot() throws Exception {
    machine.start(ALICE, "alice");

    String socket = "unix:/tmp/datastored-" + ALICE + "/datastored.sock";
    assertThat(machine.read("alice.out")).contains(" on 127.0.0.1:7400, " + socket);
    assertThat(machine.run(ALICE, "lookup", "main").status())
        .as(machine.read("command.err"))
        .isZero();
    machine.shell(ALICE, "[ $(stat -c %a /tmp/datastored-" + ALICE + ") = 700 ]");
    TestMachine.Result other = machine.run(MALLORY, "lookup", "main");
    assertThat(other.status()).isEqualTo(3);
    assertThat(other.err()).doesNotContain(socket);
  }

  @Test
  void squattedDirectory_isUsedByNobody() throws Exception {
    String squatted = "/tmp/datastored-" + ALICE;
    machine.shell(MALLORY, "mkdir -m 0755 " + squatted);
    machine.start(MALLORY, "mallory", "--listen=unix:" + squatted + "/datastored.sock");

    TestMachine.Result command = machine.run(ALICE, "lookup", "main");
    assertThat(command.status()).isEqualTo(3);
    assertThat(command.err())
        .contains(
            "unix:%s/datastored.sock: %s belongs to uid %d\n"
                .formatted(squatted, squatted, MALLORY));
    TestMachine.Result server = machine.run(ALICE, machine.serve(ALICE, "alice"));
    assertThat(server.status()).isEqualTo(5);
    assertThat(server.err())
        .contains(squatted + ": it belongs to uid " + MALLORY, "--listen HOST:PORT,unix:/PATH");
  }

  @Test
  void directoryThatRootGaveToAUser_itsServerIsCalledByAll_andNoOtherOne() throws Exception {
    machine.shell(0, "install -d -o " + ALICE + " /run/datastored");
    Process server = machine.start(ALICE, "alice");
    assertThat(machine.read("alice.out")).contains("unix:/run/datastored/datastored.sock");
    assertThat(machine.run(MALLORY, "lookup", "main").status())
        .as(machine.read("command.err"))
        .isZero();
    assertThat(machine.run(0, "lookup", "main").status()).as(machine.read("command.err")).isZero();

    // The same socket in a directory that now belongs to somebody else.
    machine.shell(0, "chown 54323 /run/datastored");
    TestMachine.Result command = machine.run(MALLORY, "lookup", "main");
    assertThat(command.status()).isEqualTo(3);
    assertThat(command.err())
        .contains(
            "unix:/run/datastored/datastored.sock: process %d of uid %d listens on it, and may not"
                .formatted(server.pid(), ALICE));
  }

  @Test
  void nothingOfThis_fallsBackToTcp() throws Exception {
    machine.start(MALLORY, "mallory", "--listen=127.0.0.1:7400");

    assertThat(machine.run(0, "lookup", "main", "--server=127.0.0.1:7400").status()).isZero();
    TestMachine.Result command = machine.run(0, "lookup", "main");
    assertThat(command.status()).isEqualTo(3);
    assertThat(command.err())
        .isEqualTo(
            """
            datastored lookup: No server can be called on this host. Tried:
              unix:/run/datastored/datastored.sock: it does not exist
              unix:/tmp/datastored-0/datastored.sock: it does not exist
            Start one with 'datastored serve --config FILE', or give the address of a server that \
            runs: --server HOST:PORT or --server unix:/PATH.
            """);
  }
}
