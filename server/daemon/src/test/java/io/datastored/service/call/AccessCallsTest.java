package io.datastored.service.call;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Ticker;
import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import io.datastored.access.Access;
import io.datastored.access.AuditTrail;
import io.datastored.access.Identity;
import io.datastored.access.PageTokens;
import io.datastored.access.RulesParser;
import io.datastored.access.Users;
import io.datastored.daemon.GrpcCleanup;
import io.datastored.history.Generation;
import io.datastored.history.Incarnation;
import io.datastored.history.Revision;
import io.datastored.service.wire.BlockingCalls;
import io.datastored.service.wire.Caller;
import io.datastored.service.wire.CaughtRefusal;
import io.datastored.service.wire.Refusals;
import io.datastored.service.wire.TestLimits;
import io.datastored.service.wire.UncaughtExceptions;
import io.datastored.v1.AccessServiceGrpc;
import io.datastored.v1.AccessServiceGrpc.AccessServiceBlockingStub;
import io.datastored.v1.CreatePageLinkRequest;
import io.datastored.v1.CreatePageLinkResponse;
import io.datastored.v1.ExplainAccessRequest;
import io.datastored.v1.ExplainAccessResponse;
import io.grpc.Status.Code;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may ask about whom, and what he is told. The caller is anonymous, from this host. */
final class AccessCallsTest {

  private static final String RULES =
      """
      allow anonymous@loopback reader ma*
      allow gid:27 operator main
      allow uid:1001 user *
      deny uid:1001 user secret
      allow dns:*.example.org user main
      """;

  /** Alice has the primary group 27, which no file of groups tells. */
  private static final Users USERS =
      new Users() {
        @Override
        public Optional<User> user(String name) throws IOException {
          return switch (name) {
            case "alice", "1001" -> Optional.of(new User("1001", "27"));
            case "slow" -> throw new IOException("the directory does not answer");
            default -> Optional.empty();
          };
        }

        @Override
        public Optional<Group> group(String name) {
          return Optional.empty();
        }
      };

  private final PageLinks pages = new PageLinks(PageTokens.ofThisRun(Ticker.systemTicker()));

  @RegisterExtension final GrpcCleanup cleanup = new GrpcCleanup();

  private AccessServiceBlockingStub stub(String rules) throws Exception {
    Revision revision = new Revision(new Incarnation("0123456789abcdef"), new Generation(1));
    Refusals refusals =
        new Refusals(
            () -> revision, InstantSource.system(), new Random(1), new AuditLog(AuditTrail.NONE));
    UncaughtExceptions uncaught = new UncaughtExceptions(() -> 1);
    Access access =
        new Access(RulesParser.parse(rules, "the test", USERS).rules(), Set.of(Identity.user(0)));
    String name = InProcessServerBuilder.generateName();
    cleanup.register(
        InProcessServerBuilder.forName(name)
            .directExecutor()
            .addService(
                new AccessCalls(
                    access,
                    () -> USERS,
                    pages,
                    InstantSource.system(),
                    new AuditLog(AuditTrail.NONE),
                    new BlockingCalls(
                        caller -> Runnable::run,
                        TestLimits.wide(),
                        refusals,
                        uncaught,
                        TestLimits.untimed()),
                    refusals))
            .intercept(Caller.interceptor(access))
            .intercept(uncaught)
            .build()
            .start());
    return AccessServiceGrpc.newBlockingStub(
        cleanup.register(InProcessChannelBuilder.forName(name).directExecutor().build()));
  }

  private static ExplainAccessRequest request(String principal, String verb, String datastore) {
    return ExplainAccessRequest.newBuilder()
        .setPrincipal(principal)
        .setVerb(verb)
        .setDatastore(datastore)
        .build();
  }

  @Test
  void anyone_mayAskAboutHimself() throws Exception {
    for (String self : new String[] {"", "anonymous", "anonymous@loopback"}) {
      assertThat(stub(RULES).explainAccess(request(self, "see", "main")))
          .isEqualTo(
              ExplainAccessResponse.newBuilder()
                  .setPrincipal("anonymous@loopback")
                  .setAllowed(true)
                  .setRole("reader")
                  .setNeeded("reader")
                  .setRule("line 1 of the test (allow reader)")
                  .build());
    }
    ExplainAccessResponse answer = stub(RULES).explainAccess(request("", "read", "other"));
    assertThat(answer.getAllowed()).isFalse();
    assertThat(answer.hasAllowed()).isTrue();
    assertThat(answer.getRole()).isEqualTo("none");
    assertThat(answer.getNeeded()).isEqualTo("user");
    assertThat(answer.getRule()).isEqualTo("none in the test");
  }

  @ParameterizedTest
  @CsvSource({"uid:1001", "uid:0", "cn:anonymous", "nobody", "gid:27"})
  void others_areForAdmins(String principal) throws Exception {
    CaughtRefusal refusal =
        CaughtRefusal.of(() -> stub(RULES).explainAccess(request(principal, "see", "main")));
    assertThat(refusal.code()).isEqualTo(Code.PERMISSION_DENIED);
    assertThat(refusal.info().getMetadataMap()).containsEntry("verb", "administer");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "uid:alice | maintain | main | uid:1001 | true | operator | line 2 of the test (allow operator)",
        "uid:1001 | maintain | main | uid:1001 | true | operator | line 2 of the test (allow operator)",
        "uid:1001 | read | secret | uid:1001 | false | reader | line 4 of the test (deny user)",
        "uid:1001 | write | '' | uid:1001 | true | user | line 3 of the test (allow user)",
        "uid:77 | see | main | uid:77 | false | none | none in the test",
        "uid:0 | administer | '' | uid:0 | true | admin | built in: root and the server's own user are admins",
        "dns:A.example.org | read | main | dns:a.example.org | true | user | line 5 of the test (allow user)",
        "cn:x | see | main | cn:x | false | none | none in the test",
        "spiffe://x/y | see | main | spiffe://x/y | false | none | none in the test",
        "anonymous | configure | zzz | anonymous@loopback | true | admin | line 6 of the test (allow admin)",
      })
  void admin_mayAskAboutEverybody(
      String who,
      String verb,
      String name,
      String principal,
      boolean allowed,
      String role,
      String rule)
      throws Exception {
    ExplainAccessResponse answer =
        stub(RULES + "allow anonymous@loopback admin *\n").explainAccess(request(who, verb, name));
    assertThat(answer.getPrincipal()).isEqualTo(principal);
    assertThat(answer.getAllowed()).isEqualTo(allowed);
    assertThat(answer.getRole()).isEqualTo(role);
    assertThat(answer.getRule()).isEqualTo(rule);
  }

  @ParameterizedTest
  @CsvSource({
    "'', '', main, verb",
    "'', eat, main, verb",
    "'', see, a b, datastore",
    "uid:carol, see, main, principal",
    "uid:4294967296, see, main, principal",
    "gid:27, see, main, principal",
    "dns:, see, main, principal",
    "somebody, see, main, principal",
  })
  void wrongRequest_namesTheField(String who, String verb, String name, String field)
      throws Exception {
    AccessServiceBlockingStub stub = stub("allow anonymous admin *\n");
    CaughtRefusal refusal = CaughtRefusal.of(() -> stub.explainAccess(request(who, verb, name)));
    assertThat(refusal.code()).isEqualTo(Code.INVALID_ARGUMENT);
    assertThat(refusal.faultyFields()).containsExactly(field);
  }

  @Test
  void directoryThatDoesNotAnswer_isSaid() throws Exception {
    AccessServiceBlockingStub stub = stub("allow anonymous admin *\n");
    CaughtRefusal refusal =
        CaughtRefusal.of(() -> stub.explainAccess(request("uid:slow", "see", "main")));
    assertThat(refusal.reason()).isEqualTo("NOT_READY");
  }

  @Test
  void link_ofAnonymous_hasNoToken_andWithoutAPageThereIsNone() throws Exception {
    AccessServiceBlockingStub stub = stub(RULES);
    assertThat(stub.createPageLink(CreatePageLinkRequest.getDefaultInstance()).getUrl()).isEmpty();

    pages.openedAt("http://127.0.0.1:7480/");

    assertThat(stub.createPageLink(CreatePageLinkRequest.getDefaultInstance()))
        .isEqualTo(
            CreatePageLinkResponse.newBuilder()
                .setUrl("http://127.0.0.1:7480/")
                .setPrincipal("anonymous@loopback")
                .build());
  }

  @Test
  void link_isValidForTwelveHoursAtMost() throws Exception {
    AccessServiceBlockingStub stub = stub(RULES);
    for (Duration wrong : List.of(Durations.fromSeconds(59), Durations.fromSeconds(43201))) {
      assertThat(
              CaughtRefusal.of(
                      () ->
                          stub.createPageLink(
                              CreatePageLinkRequest.newBuilder().setValidFor(wrong).build()))
                  .reason())
          .isEqualTo("INVALID_REQUEST");
    }
  }
}
