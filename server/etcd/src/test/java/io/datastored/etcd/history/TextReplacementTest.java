package io.datastored.etcd.history;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.document.ConfigDocument;
import io.datastored.file.StoreException;
import io.datastored.history.AcceptedState;
import io.datastored.history.ConfigContent;
import io.datastored.history.Store.Outcome;
import io.datastored.history.Store.Seen;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class TextReplacementTest {

  private final EtcdStores stores = EtcdStores.create();
  private final EtcdStore store = stores.open();

  @AfterEach
  void close() {
    store.close();
  }

  private static String section(String name, String path) {
    return "datastore: %s\n\tpath /srv/%s\n\n".formatted(name, path);
  }

  private static String sections(int from, int to) {
    StringBuilder text = new StringBuilder();
    for (int i = from; i < to; i++) {
      text.append(section("name-" + i, "name-" + i));
    }
    return text.toString();
  }

  /** Replaces as a command does; how many commits it took. */
  private int replace(String target) throws StoreException {
    int commits = 0;
    Seen seen = Drafts.look(store);
    while (!Drafts.text(seen).equals(target)) {
      byte[] next = TextReplacement.of(seen.state(), seen.content(), target.getBytes(UTF_8)).next();
      assertThat(ConfigDocument.parse(next).isFaultless()).isTrue();
      assertThat(store.commit(seen, Drafts.replacing(seen, new String(next, UTF_8))))
          .isEqualTo(Outcome.COMMITTED);
      assertThat(++commits).isLessThan(100);
      seen = Drafts.look(store);
      assertThat(seen.content().bytes()).isEqualTo(next);
    }
    return commits;
  }

  @Test
  void replace_aHundredAtMost_isOneCommit() throws Exception {
    assertThat(replace("# head\n" + sections(0, 100))).isEqualTo(1);
    assertThat(replace("# head\n" + sections(0, 100).replace("/srv/", "/mnt/"))).isEqualTo(1);
    String half = "# other\n" + sections(20, 70).replace("/srv/", "/mnt/");
    assertThat(replace(half)).isEqualTo(1);
    assertThat(replace(half)).isZero();
  }

  @Test
  void replace_many_isAsManyCommitsAsItTakes() throws Exception {
    assertThat(replace(sections(0, 1_000))).isEqualTo(10);
    assertThat(replace(sections(0, 1_000).replace("/srv/", "/mnt/"))).isEqualTo(10);
    assertThat(replace(sections(1_000, 1_250))).as("a removal is two writes").isEqualTo(23);
  }

  @Test
  void replace_theOrderOfAll_isReached() throws Exception {
    int unused = replace("# head\n" + sections(0, 300));
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      order.add(i);
    }
    Collections.reverse(order);
    StringBuilder text = new StringBuilder("# head\n");
    order.forEach(i -> text.append(sections(i, i + 1)));
    assertThat(replace(text.toString())).isEqualTo(3);
  }

  /** In between, no two datastores may have one base path: one of them would be faulty. */
  @Test
  void replace_basePathsThatChangeHands_hasNoFaultInBetween() throws Exception {
    StringBuilder before = new StringBuilder();
    StringBuilder after = new StringBuilder();
    for (int i = 0; i < 300; i++) {
      before.append(section("name-" + i, "path-" + i));
      // Each takes the path of one far away: in pairs, so that none is left over.
      after.append(section("name-" + i, "path-" + (i + 150) % 300));
    }
    int unused = replace(before.toString());
    assertThat(replace(after.toString())).isGreaterThanOrEqualTo(3);
  }

  @Test
  void replace_aRenamedDatastore_hasNoFaultInBetween() throws Exception {
    int unused = replace(sections(0, 300));
    assertThat(replace(sections(0, 300).replace("datastore: name", "datastore: other")))
        .isGreaterThanOrEqualTo(6);
  }

  @Test
  void replace_withoutALastLineFeed_orWithOtherLineEnds_isExact() throws Exception {
    String text = sections(0, 150).stripTrailing();
    int unused = replace(text);
    assertThat(replace(text + "\n\n# more\n" + sections(150, 290).stripTrailing())).isEqualTo(2);
    assertThat(replace(sections(0, 290).replace("\n", "\r\n"))).isEqualTo(3);
    assertThat(replace("# nothing\n")).isPositive();
  }

  @Test
  void replace_largeSections_makesSmallParts() throws Exception {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      text.append("# ").append("x".repeat(60_000)).append('\n').append(sections(i, i + 1));
    }
    assertThat(replace(text.toString())).isGreaterThanOrEqualTo(4);
  }

  @Test
  void replace_randomTexts_areReached() throws Exception {
    Random random = new Random(7);
    for (int round = 0; round < 12; round++) {
      List<String> sections = new ArrayList<>();
      for (int i = 0; i < 260; i++) {
        if (random.nextInt(3) > 0) {
          sections.add(section("name-" + i, random.nextInt(4) > 0 ? "a" + i : "b" + i));
        }
      }
      if (random.nextBoolean()) {
        Collections.shuffle(sections, random);
      }
      String text = "# round " + round + "\n" + String.join("", sections);
      int commits = replace(random.nextBoolean() ? text : text.stripTrailing());
      assertThat(commits).isLessThan(20);
    }
  }

  @Test
  void datastores_countsWhatIsPutOrRemoved() {
    AcceptedState state = AcceptedState.empty(EtcdStores.INCARNATION, Optional.empty());
    ConfigContent present = Drafts.content(sections(0, 4));
    TextReplacement replacement =
        TextReplacement.of(
            state,
            present,
            (section("name-3", "name-3") + section("name-0", "new") + sections(8, 9))
                .getBytes(UTF_8));
    assertThat(replacement.datastores()).as("1 and 2 go, 3 or 0 moves, 8 comes").isEqualTo(5);
  }
}
