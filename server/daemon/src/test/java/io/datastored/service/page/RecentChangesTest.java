package io.datastored.service.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.datastored.access.Rights;
import io.datastored.access.Role;
import io.datastored.config.DatastoreName;
import io.datastored.mount.MountState;
import io.datastored.service.call.Authors;
import io.datastored.watch.World;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class RecentChangesTest {

  private static final DatastoreName MAIN = DatastoreName.of("main");

  private Instant now = Instant.ofEpochSecond(1000);
  private final World world = World.of("main", "other");
  private final RecentChanges changes = new RecentChanges(() -> now, new Authors());

  RecentChangesTest() {
    world.addListener(changes);
  }

  private JsonArray shown(Rights rights) {
    return JsonParser.parseString(changes.json(rights)).getAsJsonArray();
  }

  private JsonObject newest() {
    return shown(Rights.ALL).get(0).getAsJsonObject();
  }

  @Test
  void mode_namesWhoHasSetIt() {
    world.commitOffline("alice", "main");
    world.publish();
    assertThat(newest().get("name").getAsString()).isEqualTo("main");
    assertThat(newest().get("what").getAsString()).isEqualTo("mode none → offline");
    assertThat(newest().get("by").getAsString()).isEqualTo("alice");
    assertThat(newest().get("at").getAsLong()).isEqualTo(1_000_000);
  }

  @Test
  void creationRemovalAndDevice_areNamed() {
    world.touch("third");
    assertThat(newest().get("what").getAsString()).isEqualTo("created");
    assertThat(newest().get("by").getAsString()).isEqualTo("an edit of the file");
    world.remove("third");
    assertThat(newest().get("what").getAsString()).isEqualTo("removed");
    world.commitTouch(MountState.NOT_MOUNTED, "main");
    world.publish();
    assertThat(newest().get("what").getAsString()).contains("device not mounted");
    assertThat(newest().get("by").getAsString()).isEqualTo("a device");
  }

  @Test
  void last_isTheTimeOfTheLastChange_whileTheDatastoreIsThere() {
    assertThat(changes.last(MAIN)).isEmpty();
    world.touch("main");
    now = now.plusSeconds(5);
    world.touch("other");
    assertThat(changes.last(MAIN)).contains(Instant.ofEpochSecond(1000));
    world.remove("main");
    assertThat(changes.last(MAIN)).isEmpty();
  }

  @Test
  void oldOnes_areForgotten() {
    for (int i = 0; i <= RecentChanges.KEPT; i++) {
      world.touch(i == 0 ? "other" : "main");
    }
    assertThat(shown(Rights.ALL)).hasSize(RecentChanges.KEPT);
    assertThat(changes.json(Rights.ALL)).doesNotContain("other");
  }

  @Test
  void rights_decideWhatIsShown() {
    world.commitOffline("alice", "main");
    world.publish();
    assertThat(shown(Rights.NONE)).isEmpty();
    JsonObject toAReader = shown(Rights.everywhere(Role.READER)).get(0).getAsJsonObject();
    assertThat(toAReader.has("by")).isFalse();
  }
}
