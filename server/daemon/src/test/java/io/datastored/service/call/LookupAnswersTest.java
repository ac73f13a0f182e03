package io.datastored.service.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.access.Role;
import io.datastored.config.DatastoreName;
import io.datastored.engine.EngineFixture;
import io.datastored.engine.Handle;
import io.datastored.engine.Subscription;
import io.datastored.operation.Operation;
import io.datastored.service.trace.RequestId;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class LookupAnswersTest {
  private static final DatastoreName ALPHA = DatastoreName.of("alpha");
  private static final String BOTH =
      "datastore: alpha\n\tpath /srv/alpha\n\ndatastore: beta\n\tpath /srv/beta\n";

  private final EngineFixture fixture = EngineFixture.with(BOTH);
  private final LookupAnswers answers = new LookupAnswers(() -> fixture.engine().snapshot());
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
