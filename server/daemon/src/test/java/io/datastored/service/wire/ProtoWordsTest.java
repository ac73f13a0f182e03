package io.datastored.service.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.MaintenanceMode;
import io.datastored.v1.BackendKind;
import io.datastored.v1.ChunkOrder;
import io.datastored.v1.DatastoreView;
import io.datastored.v1.Maintenance;
import io.datastored.v1.MountState;
import io.datastored.v1.NotificationMode;
import io.datastored.v1.NotifyWhen;
import io.datastored.v1.Operation;
import io.datastored.v1.SyncLevel;
import org.junit.jupiter.api.Test;

/** The words of the contract and those of the domain are the same words. */
class ProtoWordsTest {
  private final RequestFaults faults = new RequestFaults();

  /** Enums that requests carry: each of their words has a meaning here. */
  @Test
  void read_everyWordOfARequest_isKnown() {
    assertKnown(ProtoWords.MODES, io.datastored.v1.MaintenanceMode.class);
    assertKnown(ProtoWords.OPERATIONS, Operation.class);
    assertKnown(ProtoWords.VIEWS, DatastoreView.class);
    assertKnown(ProtoWords.NOTIFY, NotifyWhen.class);
    assertKnown(ProtoWords.NOTIFICATION_MODES, NotificationMode.class);
    assertKnown(ProtoWords.CHUNK_ORDERS, ChunkOrder.class);
    assertKnown(ProtoWords.SYNC_LEVELS, SyncLevel.class);
    assertKnown(ProtoWords.BACKEND_KINDS, BackendKind.class);
  }

  private <C extends Enum<C>> void assertKnown(ProtoWords<?, C> words, Class<C> contract) {
    for (C word : contract.getEnumConstants()) {
      assertThat(words.read("at", word, faults).isPresent())
          .as(word.name())
          .isEqualTo(word.ordinal() != 0 && !word.name().equals("UNRECOGNIZED"));
    }
  }

  @Test
  void read_unspecified_isAbsentAndNoFault() {
    assertThat(ProtoWords.VIEWS.read("view", DatastoreView.DATASTORE_VIEW_UNSPECIFIED, faults))
        .isEmpty();
    assertThat(faults.any()).isFalse();
  }

  @Test
  void read_ofALaterVersion_isAFault() {
    assertThat(ProtoWords.VIEWS.read("view", DatastoreView.UNRECOGNIZED, faults)).isEmpty();
    assertThat(faults.any()).isTrue();
  }

  @Test
  void require_unspecified_isAFault() {
    assertThat(ProtoWords.OPERATIONS.require("at", Operation.OPERATION_UNSPECIFIED, faults))
        .isEmpty();
    assertThat(faults.any()).isTrue();
  }

  @Test
  void of_aWordOfTheDomain_isThatOfTheContract() {
    assertThat(ProtoWords.MODES.of(MaintenanceMode.S3_REFRESH))
        .isEqualTo(io.datastored.v1.MaintenanceMode.MAINTENANCE_MODE_S3_REFRESH);
  }

  @Test
  void word_isAsPeopleWriteIt() {
    assertThat(ProtoWords.word(MountState.MOUNT_STATE_NOT_MOUNTED)).contains("not-mounted");
    assertThat(ProtoWords.word(MountState.MOUNT_STATE_UNSPECIFIED)).isEmpty();
    assertThat(ProtoWords.word(MountState.UNRECOGNIZED)).isEmpty();
  }

  @Test
  void mode_unknownOrUnreadable_saysSo() {
    assertThat(ProtoWords.mode(Maintenance.getDefaultInstance()))
        .isEqualTo("offline (a mode unknown here)");
    assertThat(ProtoWords.mode(Maintenance.newBuilder().setAsWritten("of line").build()))
        .isEqualTo("unreadable 'of line'");
  }
}
