package io.datastored.service.call;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import io.datastored.access.Role;
import io.datastored.config.DatastoreName;
import io.datastored.engine.EngineFixture;
import io.datastored.engine.Handle;
import io.datastored.engine.Subscription;
import io.datastored.operation.Operation;
import io.datastored.promise.FakeReplicas;
import io.datastored.promise.Replicas;
import io.datastored.service.trace.RequestId;
import io.datastored.service.wire.EncodedMessage;
import io.datastored.v1.LookupResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class LookupAnswersTest {
  private static final DatastoreName ALPHA = DatastoreName.of("alpha");
  private static final String BOTH =
      "datastore: alpha\n\tpath /srv/alpha\n\ndatastore: beta\n\tpath /srv/beta\n";

  private final EngineFixture fixture = EngineFixture.with(BOTH);
  private final LookupAnswers answers =
      new LookupAnswers(() -> fixture.engine().snapshot(), Replicas.NONE);
  private final Subscription forgetting = fixture.engine().addListener(answers::onChange);

  @AfterEach
  void close() {
    forgetting.close();
    fixture.close();
  }

  @Test
  void of_aLookupOnTheSnapshotBeforeARemoval_doesNotPutTheNameBack() {
    Handle before = fixture.engine().lookup(ALPHA, Operation.LOOKUP).handle();
    assertThat(answers.of(before, question())).isNotNull();
    assertThat(answers.size()).isEqualTo(1);
    fixture.edit("datastore: beta\n\tpath /srv/beta\n");
    assertThat(answers.size()).isZero();

    assertThat(answers.of(before, question())).as("it was decided before").isNotNull();

    assertThat(answers.size()).isZero();
  }

  @Test
  void of_aLookupOnTheSnapshotBeforeAChange_doesNotKeepWhatWas() {
    Handle before = fixture.engine().lookup(ALPHA, Operation.LOOKUP).handle();
    fixture.edit(BOTH.replace("/srv/alpha\n", "/srv/alpha\n\tcomment new\n"));

    assertThat(answers.of(before, question())).isNotNull();

    assertThat(answers.size()).isZero();
  }

  /** A client may want to ask another server. */
  @Test
  void of_aServerOutOfTouch_saysForHowLong_butNotWithALease() throws Exception {
    AtomicReference<Optional<Duration>> unconfirmed = new AtomicReference<>(Optional.empty());
    LookupAnswers apart =
        new LookupAnswers(
            () -> fixture.engine().snapshot(), new FakeReplicas("north", unconfirmed));
    Handle handle = fixture.engine().lookup(ALPHA, Operation.LOOKUP).handle();
    assertThat(read(apart.of(handle, question())).hasUnconfirmed()).isFalse();

    unconfirmed.set(Optional.of(Duration.ofMillis(12_500)));

    LookupResponse answer = read(apart.of(handle, question()));
    assertThat(answer.getUnconfirmed()).isEqualTo(Durations.fromMillis(12_500));
    assertThat(answer.getDatastore().getName()).isEqualTo("alpha");
    assertThat(read(apart.of(handle.revision(), handle.datastore(), question())).getUnconfirmed())
        .isEqualTo(Durations.fromMillis(12_500));
    assertThat(read(answers.of(handle, question())).hasUnconfirmed()).as("alone").isFalse();
  }

  private static LookupResponse read(EncodedMessage answer) throws Exception {
    return LookupResponse.parseFrom(answer.open());
  }

  private static LookupQuestion question() {
    return new LookupQuestion(
        Role.USER,
        ALPHA,
        Operation.LOOKUP,
        Optional.empty(),
        "",
        Optional.empty(),
        RequestId.current(),
        false);
  }
}
