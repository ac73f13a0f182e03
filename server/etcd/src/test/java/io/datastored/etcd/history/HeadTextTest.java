package io.datastored.etcd.history;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.datastored.etcd.history.HeadText.Relation;
import io.datastored.history.AcceptedState;
import io.datastored.history.Generation;
import io.datastored.history.Incarnation;
import io.datastored.history.Revision;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class HeadTextTest {

  private final Random random = new Random(1);
  private final AcceptedState first =
      AcceptedState.empty(new Incarnation("0123456789abcdef"), Optional.empty());
  private final HeadText start = HeadText.first(first, CommitId.random(random), 0);

  private AcceptedState at(long generation) {
    return new AcceptedState(
        new Revision(first.revision().incarnation(), new Generation(generation)),
        first.configFile(),
        first.text(),
        first.floor(),
        first.datastores(),
        first.removed());
  }

  private HeadText after(HeadText head, int commits) {
    HeadText next = head;
    for (int i = 0; i < commits; i++) {
      next = next.next(at(next.revision().generation().value() + 1), CommitId.random(random), i, i);
    }
    return next;
  }

  @Test
  void write_isReadAsItWas() {
    HeadText head = start;
    for (int i = 0; i < 2 * HeadText.REMEMBERED; i++) {
      assertThat(HeadText.read(head.write())).isEqualTo(head);
      HeadText next = after(head, 1);
      assertThat(next.follows(head)).isTrue();
      assertThat(head.follows(next)).isFalse();
      assertThat(next.before()).hasSize(Math.min(i + 1, HeadText.REMEMBERED));
      head = next;
    }
    assertThat(head.write().length).isLessThan(1_400);
  }

  @Test
  void again_keepsWhereTheCommitWas_andLinesOfALaterVersion() {
    HeadText head =
        HeadText.read((new String(after(start, 1).write(), UTF_8) + "new line\n").getBytes(UTF_8));
    HeadText again = HeadText.read(head.again(7).write());
    assertThat(again.committedAt(9)).isEqualTo(7);
    assertThat(again.place().seen()).isEqualTo(head.place().seen());
    assertThat(HeadText.read(again.again(9).write())).isEqualTo(again);
    assertThat(again.write()).asString(UTF_8).endsWith("at 7\nnew line\n");
    assertThat(head.committedAt(7)).isEqualTo(7);
    assertThat(after(again, 1).committedAt(11)).as("the next commit").isEqualTo(11);
  }

  @Test
  void read_damaged_isRefused() {
    assertThatThrownBy(() -> HeadText.read("generation 1\n".getBytes(UTF_8)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> HeadText.read(new byte[0]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void to_tellsAForkByIds() {
    HeadText served = after(start, 3);
    assertThat(served.to(served)).isEqualTo(Relation.SAME);
    assertThat(after(served, HeadText.REMEMBERED).to(served)).isEqualTo(Relation.LATER);
    assertThat(after(served, HeadText.REMEMBERED + 1).to(served)).isEqualTo(Relation.OUT_OF_SIGHT);
    assertThat(start.to(served)).as("a lower number").isEqualTo(Relation.FORK);
    assertThat(after(start, 3).to(served)).as("another id").isEqualTo(Relation.FORK);
    assertThat(after(start, 9).to(served)).as("gone on since").isEqualTo(Relation.FORK);
    HeadText old = after(start, 2 * HeadText.REMEMBERED);
    HeadText backup = after(old, 1);
    HeadText lost = after(backup, 5);
    assertThat(after(backup, 6).to(lost)).as("gone on, after many").isEqualTo(Relation.FORK);
    assertThat(old.to(lost)).as("a commit before it").isEqualTo(Relation.FORK);
    HeadText comment = lost;
    for (int i = 0; i <= HeadText.REMEMBERED; i++) {
      comment =
          comment.next(at(lost.revision().generation().value()), CommitId.random(random), 0, 0);
    }
    assertThat(comment.to(lost)).as("one generation").isEqualTo(Relation.OUT_OF_SIGHT);
    HeadText other =
        HeadText.first(
            AcceptedState.empty(new Incarnation("f".repeat(16)), Optional.empty()),
            served.commit(),
            0);
    assertThat(other.to(served)).as("another history").isEqualTo(Relation.FORK);
  }
}
