package io.datastored.cli;

import static io.datastored.cli.flag.OptionRules.DEFAULTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.datastored.access.AuditOptions.Need;
import io.datastored.access.AuditOptions.Recorded;
import io.datastored.admin.AdminAddress;
import io.datastored.admin.AdminExposure;
import io.datastored.cli.command.ServeCommand;
import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.Terminal;
import io.datastored.daemon.DaemonOptions;
import io.datastored.daemon.Exposure;
import io.datastored.daemon.ListenAddress;
import io.datastored.daemon.ReplicaOptions;
import io.datastored.daemon.SocketAccess;
import io.datastored.daemon.TlsFiles;
import io.datastored.engine.EngineOptions.FileWatching;
import io.datastored.engine.EngineOptions.Losses;
import io.datastored.etcd.history.Keys;
import io.datastored.history.file.FileStoreOptions.Access;
import io.datastored.promise.EarlierLeases;
import io.datastored.service.wire.TrustDomains;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Each flag of {@code serve} reaches its option, and no other. */
final class ServeFlagsTest {

  /** Each flag that sets one option, with a value that no other flag has here. */
  private static final ImmutableMap<String, Flag> FLAGS =
      ImmutableMap.<String, Flag>builder()
          .put("--run-dir=/r", flag(options -> options.engine().runDirectory(), path("/r")))
          .put("--machine-id=/m", flag(options -> options.engine().machineId(), Path.of("/m")))
          .put(
              "--read-only-config",
              flag(options -> options.engine().configAccess(), Access.READ_ONLY))
          .put(
              "--file-watching=OFF",
              flag(options -> options.engine().fileWatching(), FileWatching.OFF))
          .put("--accept-empty-config", flag(options -> options.engine().losses(), Losses.MEANT))
          .put(
              "--mount-root=/a",
              flag(options -> options.engine().mountRoots().mounts(), Path.of("/a")))
          .put(
              "--device-root=/b",
              flag(options -> options.engine().mountRoots().devices(), Path.of("/b")))
          .put(
              "--doorbell-poll=11ms",
              flag(options -> options.engine().timing().doorbellPoll(), ms(11)))
          .put(
              "--digest-check=12ms",
              flag(options -> options.engine().timing().digestCheck(), ms(12)))
          .put("--mount-poll=13ms", flag(options -> options.engine().timing().mountPoll(), ms(13)))
          .put("--settle=14ms", flag(options -> options.engine().timing().settle(), ms(14)))
          .put(
              "--settle-limit=901ms",
              flag(options -> options.engine().timing().settleLimit(), ms(901)))
          .put("--lock-wait=15ms", flag(options -> options.engine().timing().lockWait(), ms(15)))
          .put("--run-check=16ms", flag(options -> options.engine().timing().runCheck(), ms(16)))
          .put(
              "--base-path-wait=17ms",
              flag(options -> options.engine().timing().basePathWait(), ms(17)))
          .put(
              "--listen=127.0.0.1:1,127.0.0.1:2",
              flag(
                  DaemonOptions::listen,
                  List.of(ListenAddress.parse("127.0.0.1:1"), ListenAddress.parse("127.0.0.1:2"))))
          .put(
              "--socket-mode=0640",
              flag(options -> options.socketAccess().mode(), SocketAccess.modeOf("0640")))
          .put(
              "--socket-group=g", flag(options -> options.socketAccess().group(), Optional.of("g")))
          .put("--insecure", flag(DaemonOptions::exposure, Exposure.INSECURE))
          .put("--access=/e/rules", flag(options -> options.access().rules(), path("/e/rules")))
          .put("--access-check=41ms", flag(options -> options.access().check(), ms(41)))
          .put("--max-request=21", flag(options -> options.transport().messageBytes(), 21))
          .put("--max-streams=22", flag(options -> options.transport().streams(), 22))
          .put(
              "--keepalive-permitted=23s",
              flag(options -> options.transport().keepAlivePermitted(), ms(23_000)))
          .put(
              "--max-connections=24",
              flag(options -> options.transport().connections().connections(), 24))
          .put(
              "--max-connections-per-address=25",
              flag(options -> options.transport().connections().perAddress(), 25))
          .put(
              "--handshake-timeout=26s",
              flag(options -> options.transport().connections().handshake(), ms(26_000)))
          .put(
              "--max-resets=27",
              flag(options -> options.transport().connections().resets().perSecond(), 27))
          .put(
              "--max-connection-age=28s",
              flag(options -> options.transport().age(), Optional.of(ms(28_000))))
          .put(
              "--max-connection-idle=0s",
              flag(options -> options.transport().idle(), Optional.empty()))
          .put(
              "--admin-insecure",
              flag(options -> options.admin().exposure(), AdminExposure.INSECURE))
          .put(
              "--metrics-per-datastore=45",
              flag(options -> options.admin().seriesPerDatastore(), 45))
          .put("--admin-host=H", flag(options -> options.admin().hosts(), ImmutableSet.of("h")))
          .put("--audit-log=/e", flag(options -> options.audit().file(), path("/e")))
          .put("--audit-required=false", flag(options -> options.audit().need(), Need.OPTIONAL))
          .put(
              "--audit-log-mode=0640",
              flag(options -> options.audit().mode(), PosixFilePermissions.fromString("rw-r-----")))
          .put("--audit-reads", flag(options -> options.audit().leases(), Recorded.READ_AND_WRITE))
          .put("--audit-slowest-write=41ms", flag(options -> options.audit().slowest(), ms(41)))
          .put("--max-audit-lines=42", flag(options -> options.audit().maxLines(), 42))
          .put("--max-audit-buffer=43", flag(options -> options.audit().maxBytes(), 43L))
          .put("--max-audit-denials=44", flag(options -> options.audit().denials(), 44))
          .put("--grace=29s", flag(DaemonOptions::grace, ms(29_000)))
          .put("--lease-ttl=31s", flag(options -> options.leases().defaultTtl(), ms(31_000)))
          .put("--max-lease-ttl=61s", flag(options -> options.leases().longestTtl(), ms(61_000)))
          .put("--max-leases=32", flag(options -> options.leases().maxLeases(), 32L))
          .put(
              "--no-earlier-leases",
              flag(options -> options.leases().earlierLeases(), EarlierLeases.NONE))
          .put(
              "--session-ttl=33s",
              flag(options -> options.leases().sessions().defaultTtl(), ms(33_000)))
          .put(
              "--max-session-ttl=62s",
              flag(options -> options.leases().sessions().longestTtl(), ms(62_000)))
          .put("--max-sessions=34", flag(options -> options.leases().sessions().maxSessions(), 34L))
          .put(
              "--max-session-leases=35",
              flag(options -> options.leases().sessions().maxLeases(), 35L))
          .put(
              "--max-keep-alives=36",
              flag(options -> options.leases().sessions().keepAliveRate(), 36L))
          .put("--max-watchers=37", flag(options -> options.watches().watchers(), 37))
          .put("--max-watch-buffer=65538", flag(options -> options.watches().bytes(), 65_538L))
          .put("--drain-poll=39ms", flag(options -> options.drains().poll(), ms(39)))
          .put("--drain-progress=902ms", flag(options -> options.drains().progress(), ms(902)))
          .put("--max-share=41", flag(options -> options.calls().share(), 41))
          .put("--max-calls=42", flag(options -> options.calls().inFlight(), 42))
          .put("--max-disk-calls=43", flag(options -> options.calls().onDisk(), 43))
          .put("--max-answer-buffer=2097196", flag(options -> options.calls().unread(), 2_097_196L))
          .put("--max-drains=40", flag(options -> options.drains().maxDrains(), 40))
          .put(
              "--pbs-config-dir=/c",
              flag(options -> options.drains().pbs().config(), Path.of("/c")))
          .put("--pbs-run-dir=/d", flag(options -> options.drains().pbs().run(), Path.of("/d")))
          .buildOrThrow();

  /** Where the value of a flag is found, and what is found there. */
  private record Flag(Function<DaemonOptions, Object> option, Object value) {}

  private static Flag flag(Function<DaemonOptions, Object> option, Object value) {
    return new Flag(option, value);
  }

  private static Optional<Path> path(String name) {
    return Optional.of(Path.of(name));
  }

  private static Duration ms(long millis) {
    return Duration.ofMillis(millis);
  }

  private static DaemonOptions options(Map<String, String> environment, Stream<String> flags) {
    return parsed(environment, Stream.concat(Stream.of("--config=/x.cfg"), flags));
  }

  private static DaemonOptions replica(Map<String, String> environment, String... flags) {
    return parsed(environment, Stream.of(flags));
  }

  private static DaemonOptions parsed(Map<String, String> environment, Stream<String> flags) {
    CommandLine line =
        Datastored.commandLine(
            environment,
            InputStream.nullInputStream(),
            new PrintWriter(new StringWriter()),
            new PrintWriter(new StringWriter()),
            Terminal.PLAIN,
            Optional.of("serve"));
    var unused = line.parseArgs(Stream.concat(Stream.of("serve"), flags).toArray(String[]::new));
    ServeCommand serve = line.getSubcommands().get("serve").getCommand();
    return serve.options();
  }

  @Test
  void eachFlag_alone_setsItsOptionAndNoOther() {
    DaemonOptions unset = options(Map.of(), Stream.empty());
    FLAGS.forEach(
        (text, flag) -> {
          DaemonOptions options = options(Map.of(), Stream.of(text));
          FLAGS.forEach(
              (otherText, other) ->
                  assertThat(other.option.apply(options))
                      .as(otherText + " after " + text)
                      .isEqualTo(other == flag ? flag.value : other.option.apply(unset)));
        });
  }

  @Test
  void allFlags_together_setAllOptions() {
    DaemonOptions options = options(Map.of(), FLAGS.keySet().stream());
    FLAGS.forEach(
        (text, flag) -> assertThat(flag.option.apply(options)).as(text).isEqualTo(flag.value));
  }

  @Test
  void noFlag_optionsAreTheDefaults() {
    DaemonOptions options = options(Map.of(), Stream.empty());
    FLAGS.forEach(
        (text, flag) ->
            assertThat(flag.option.apply(options)).as(text).isEqualTo(flag.option.apply(DEFAULTS)));
  }

  @Test
  void adminAddress_isTheDefaultOrAsGivenOrNone() {
    assertThat(options(Map.of(), Stream.empty()).admin().listen()).contains(AdminAddress.DEFAULT);
    assertThat(options(Map.of(), Stream.of("--admin-listen=none")).admin().listen()).isEmpty();
    assertThat(options(Map.of("DATASTORED_ADMIN_LISTEN", "[::1]:0"), Stream.empty()).admin())
        .extracting(admin -> admin.listen().orElseThrow().toString())
        .isEqualTo("[0:0:0:0:0:0:0:1]:0");
    assertThat(options(Map.of(), Stream.of("--admin-tls")).admin().exposure())
        .isEqualTo(AdminExposure.ENCRYPTED);
    for (String wrong : List.of("--admin-listen=7480", "--admin-listen=no.such.host.invalid:1")) {
      assertThatExceptionOfType(CommandFailed.class)
          .isThrownBy(() -> options(Map.of(), Stream.of(wrong)))
          .withMessageContaining("--admin-listen");
    }
    assertThatExceptionOfType(CommandFailed.class)
        .isThrownBy(() -> options(Map.of(), Stream.of("--admin-tls", "--admin-insecure")))
        .withMessageContaining("--admin-tls, --admin-insecure");
  }

  @Test
  void open_isSet_andNotTogetherWithRules() {
    assertThat(options(Map.of(), Stream.of("--open")).access().open()).isTrue();
    assertThat(options(Map.of(), Stream.empty()).access().open()).isFalse();
    assertThatExceptionOfType(CommandFailed.class)
        .isThrownBy(() -> options(Map.of(), Stream.of("--open", "--access=/e/rules")))
        .withMessageContaining("--access, --open");
  }

  @Test
  void flagsOfTls_together_setTheFilesAndTheClients() {
    assertThat(tls("--tls-client-ca=/ca"))
        .contains(
            new TlsFiles.Clients(
                Path.of("/ca"), TlsFiles.ClientCertificates.REQUIRE, TrustDomains.ANY));
    assertThat(tls("--tls-client-ca=/ca", "--tls-client-auth=request", "--spiffe-trust-domain=a,b"))
        .contains(
            new TlsFiles.Clients(
                Path.of("/ca"),
                TlsFiles.ClientCertificates.REQUEST,
                TrustDomains.only(List.of("a", "b"))));
    assertThat(tls()).isEmpty();
    assertThat(tls("--tls-client-auth=none")).isEmpty();
  }

  private static Optional<TlsFiles.Clients> tls(String... flags) {
    DaemonOptions options =
        options(
            Map.of(), Stream.concat(Stream.of("--tls-cert=/c", "--tls-key=/k"), Stream.of(flags)));
    assertThat(options.tls().orElseThrow().certificates()).isEqualTo(Path.of("/c"));
    assertThat(options.tls().orElseThrow().key()).isEqualTo(Path.of("/k"));
    return options.tls().orElseThrow().clients();
  }

  @Test
  void variableOfTheEnvironment_setsTheOption() {
    DaemonOptions options = options(Map.of("DATASTORED_LOCK_WAIT", "7s"), Stream.of("--grace=1s"));
    assertThat(options.engine().timing().lockWait()).isEqualTo(ms(7_000));
    assertThat(options.grace()).isEqualTo(ms(1_000));
  }

  @Test
  void flagsOfEtcd_makeAReplica_withoutAFile() {
    DaemonOptions options =
        replica(
            Map.of("DATASTORED_ETCD_PREFIX", "/p/"),
            "--etcd-endpoints=a:1,b:2",
            "--replica-name=one",
            "--replica-ttl=7s");
    ReplicaOptions replica = options.replica().orElseThrow();
    assertThat(replica.name()).isEqualTo("one");
    assertThat(replica.authority()).isEqualTo(ms(7_000));
    assertThat(replica.keys()).isEqualTo(new Keys("/p/"));
    assertThat(options.source()).isEqualTo("etcd /p/ at http://a:1,http://b:2");
    assertThat(options.configFile()).isEmpty();
    assertThat(replica(Map.of(), "--etcd-endpoints=a:1").replica().orElseThrow().name())
        .isNotEmpty();
    assertThat(options(Map.of(), Stream.empty()).replica()).isEmpty();
  }

  @Test
  void flagsOfFiles_withAnEtcd_areRefused() {
    for (String wrong :
        List.of(
            "--config=/x.cfg",
            "--run-dir=/r",
            "--read-only-config",
            "--accept-empty-config",
            "--machine-id=/m",
            "--file-watching=OFF",
            "--digest-check=12ms",
            "--run-check=16ms")) {
      assertThatExceptionOfType(CommandFailed.class)
          .isThrownBy(() -> replica(Map.of(), "--etcd-endpoints=a:1", wrong))
          .withMessageStartingWith(wrong.replaceFirst("=.*", "") + " is for a server on files");
    }
  }

  @Test
  void flagsOfReplicas_withoutAnEtcd_areRefused() {
    for (String wrong :
        List.of(
            "--replica-name=a",
            "--replica-ttl=7s",
            "--etcd-prefix=/p/",
            "--etcd-ca=/a",
            "--etcd-cert=/c",
            "--etcd-key=/k",
            "--etcd-user=u",
            "--etcd-password-file=/f")) {
      assertThatExceptionOfType(CommandFailed.class)
          .isThrownBy(() -> options(Map.of(), Stream.of(wrong)))
          .withMessageStartingWith(wrong.replaceFirst("=.*", "") + " is for a server on etcd");
    }
  }

  @Test
  void ttlOfAReplica_isBounded() {
    for (String wrong : List.of("--replica-ttl=4s", "--replica-ttl=61s", "--replica-name= ")) {
      assertThatExceptionOfType(CommandFailed.class)
          .isThrownBy(() -> replica(Map.of(), "--etcd-endpoints=a:1", wrong))
          .withMessageContaining(wrong.replaceFirst("=.*", ""));
    }
  }
}
