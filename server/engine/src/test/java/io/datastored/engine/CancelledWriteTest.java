package io.datastored.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.DatastoreName;
import io.datastored.config.DatastoreSettings;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.MaintenanceSetting;
import io.datastored.engine.WriteOutcome.Rejected;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.Snapshot;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A write whose caller goes while it waits changes nothing; one that is committed stays. */
final class CancelledWriteTest {

  private static final DatastoreName MAIN = DatastoreName.of("main");

  private final EngineFixture fixture =
      EngineFixture.with("datastore: main\n\tmaintenance-mode delete\n\tpath /srv/main\n");
  private final AtomicBoolean gone = new AtomicBoolean();
  private final Intent intent = Intent.COMMIT.unless(gone::get);

  /** One call of each kind. */
  enum Call {
    CREATE {
      @Override
      WriteOutcome on(Engine engine, Intent intent) {
        DatastoreSettings settings = engine.snapshot().find(MAIN).orElseThrow().settings();
        return engine.create(
            DatastoreName.of("other"), settings.toBuilder().path("/srv/other").build(), intent);
      }
    },
    UPDATE {
      @Override
      WriteOutcome on(Engine engine, Intent intent) {
        return engine.update(
            MAIN,
            Optional.empty(),
            settings -> settings.toBuilder().comment(Optional.of("second")).build(),
            intent);
      }
    },
    SET_MAINTENANCE {
      @Override
      WriteOutcome on(Engine engine, Intent intent) {
        return engine.setMaintenance(
            new MaintenanceChange(
                MAIN,
                MaintenanceSetting.of(MaintenanceMode.OFFLINE),
                Optional.empty(),
                Optional.empty(),
                engine.snapshot().find(MAIN).map(Datastore::etag)),
            intent);
      }
    },
    DELETE {
      @Override
      WriteOutcome on(Engine engine, Intent intent) {
        return engine.delete(MAIN, Optional.empty(), pass -> Optional.empty(), intent);
      }
    };

    abstract WriteOutcome on(Engine engine, Intent intent);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @ParameterizedTest
  @EnumSource(Call.class)
  void cancelledWhileAnotherProcessCommits_changesNothing(Call call) throws Exception {
    Snapshot before = fixture.engine().snapshot();
    byte[] text = fixture.store().content().bytes();
    fixture.beforeLock(() -> gone.set(true));

    assertThat(call.on(fixture.engine(), intent))
        .isInstanceOfSatisfying(
            Rejected.class,
            rejected -> assertThat(rejected.reason()).isEqualTo(Rejected.Reason.CANCELLED));

    assertThat(fixture.engine().snapshot()).isSameAs(before);
    assertThat(fixture.store().content().bytes()).isEqualTo(text);
    assertThat(fixture.engine().troubles().ofServer()).isEmpty();
    assertThat(call.on(fixture.engine(), Intent.COMMIT)).isNotInstanceOf(Rejected.class);
  }

  @ParameterizedTest
  @EnumSource(Call.class)
  void cancelledWhenItIsCommitted_isCommitted(Call call) {
    Snapshot before = fixture.engine().snapshot();
    Subscription unused = fixture.engine().addListener(change -> gone.set(true));

    assertThat(call.on(fixture.engine(), intent)).isNotInstanceOf(Rejected.class);

    assertThat(gone).isTrue();
    assertThat(fixture.engine().snapshot().revision()).isNotEqualTo(before.revision());
  }
}
