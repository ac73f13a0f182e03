package io.datastored.client.internal.watch;

import static io.datastored.client.Operation.LOOKUP;
import static io.datastored.client.internal.cache.CacheParts.revision;
import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.client.Operation;
import io.datastored.client.internal.cache.CacheParts;
import io.datastored.client.internal.cache.CachedDatastore;
import io.datastored.client.internal.cache.NearCache;
import io.datastored.client.internal.cache.View;
import io.datastored.client.internal.watch.FrameApplier.Result;
import io.datastored.client.internal.watch.FrameApplier.Verdict;
import io.datastored.v1.Datastore;
import io.datastored.v1.DatastoreSettings;
import io.datastored.v1.LookupResponse;
import io.datastored.v1.Maintenance;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.MountState;
import io.datastored.v1.WatchBookmark;
import io.datastored.v1.WatchGenerationResponse;
import io.datastored.v1.WatchSnapshot;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The effect of bookmarks on a view; changes and snapshots are tested with the watch. */
final class FrameApplierTest {

  private final CacheParts parts = new CacheParts();
  private final NearCache cache = parts.cache;
  private final FrameApplier applier = parts.applier;

  @BeforeEach
  void begin() {
    Result begun =
        applier.apply(
            List.of(
                WatchGenerationResponse.newBuilder()
                    .setRevision(revision(5))
                    .setSnapshot(
                        WatchSnapshot.newBuilder()
                            .addDatastores(usb(MountState.MOUNT_STATE_MOUNTED))
                            .addDatastores(Datastore.newBuilder().setName("main")))
                    .build()));
    assertThat(begun.verdict()).isEqualTo(Verdict.APPLIED);
  }

  @Test
  void bookmark_withoutNews_reachesItsRevision_andCopiesNothing() {
    View before = cache.view();
    Result result = bookmark(7, usb(MountState.MOUNT_STATE_MOUNTED));
    assertThat(result.frame().orElseThrow().datastores()).isEmpty();
    assertThat(cache.view().revision()).contains(revision(7));
    assertThat(cache.view().datastores()).isSameAs(before.datastores());
  }

  @Test
  void bookmark_withAMountState_changesThatAndNothingElse() {
    View before = cache.view();
    Result result = bookmark(7, usb(MountState.MOUNT_STATE_NOT_MOUNTED));
    CachedDatastore usb = cache.view().find("usb");
    assertThat(usb.datastore()).isEqualTo(usb(MountState.MOUNT_STATE_NOT_MOUNTED));
    assertThat(usb.refuses(LOOKUP)).isFalse();
    assertThat(usb.refuses(Operation.READ)).isTrue();
    assertThat(cache.view().find("main")).isSameAs(before.find("main"));
    assertThat(result.frame().orElseThrow().datastores()).containsExactly(usb.datastore());
    assertThat(before.find("usb").refuses(Operation.READ)).as("a view that was shown").isFalse();
  }

  @Test
  void bookmark_tellsOfADatastoreThatIsNotInTheView_isNotAReasonToAddIt() {
    Result result =
        bookmark(7, usb(MountState.MOUNT_STATE_NOT_MOUNTED).toBuilder().setName("other").build());
    assertThat(result.verdict()).isEqualTo(Verdict.APPLIED);
    assertThat(cache.view().find("other")).isNull();
  }

  @Test
  void bookmark_olderThanAnAnswer_keepsTheAnswer() {
    Datastore written = Datastore.newBuilder().setName("main").setGeneration(9).build();
    CachedDatastore unused =
        applier.fill(
            LookupResponse.newBuilder().setDatastore(written).setRevision(revision(9)).build(),
            null);
    assertThat(bookmark(7).verdict()).isEqualTo(Verdict.APPLIED);
    assertThat(cache.view().find("main").datastore()).isEqualTo(written);
    assertThat(cache.view().revision()).contains(revision(7));
    assertThat(cache.view().find("main").filled()).isEqualTo(revision(9));
    assertThat(bookmark(9).verdict()).isEqualTo(Verdict.APPLIED);
    assertThat(cache.view().find("main").datastore()).isEqualTo(written);
    assertThat(cache.view().find("main").filled()).as("told by the watch now").isNull();
  }

  @Test
  void bookmark_ofBefore_isOld() {
    View before = cache.view();
    assertThat(bookmark(4, usb(MountState.MOUNT_STATE_NOT_MOUNTED)).verdict())
        .isEqualTo(Verdict.OLD);
    assertThat(cache.view()).isSameAs(before);
  }

  private Result bookmark(long generation, Datastore... removable) {
    return applier.apply(
        List.of(
            WatchGenerationResponse.newBuilder()
                .setRevision(revision(generation))
                .setBookmark(WatchBookmark.newBuilder().addAllRemovable(List.of(removable)))
                .build()));
  }

  private static Datastore usb(MountState state) {
    return Datastore.newBuilder()
        .setName("usb")
        .setMaintenance(Maintenance.newBuilder().setMode(MaintenanceMode.MAINTENANCE_MODE_NONE))
        .setSettings(DatastoreSettings.newBuilder().setBackingDevice("uuid"))
        .setMountState(state)
        .build();
  }
}
