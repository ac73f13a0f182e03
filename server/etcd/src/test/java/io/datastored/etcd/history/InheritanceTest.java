package io.datastored.etcd.history;

import static io.datastored.etcd.history.EtcdStores.KEYS;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.datastored.etcd.history.KeyValues.Answer;
import io.datastored.etcd.history.KeyValues.Change;
import io.datastored.etcd.history.KeyValues.Condition;
import io.datastored.etcd.history.NewHistory.Inheritance;
import io.datastored.file.StoreException;
import io.datastored.history.AcceptedState;
import io.datastored.history.ConfigContent;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a new history takes over from earlier servers. */
final class InheritanceTest {

  private static final String TEXT = Drafts.section("main", "one");
  private static final String RECORD = KEYS.prefix() + "life/abcdefgh";

  private final MemoryEtcd etcd = new MemoryEtcd();

  private void write(KeyValues to, long tokens) throws StoreException {
    ConfigContent content = Drafts.content(TEXT);
    AcceptedState empty = AcceptedState.empty(EtcdStores.INCARNATION, Optional.empty());
    new NewHistory(to, KEYS, new Random())
        .write(
            Drafts.accepting(empty, content),
            content,
            new Inheritance(
                OptionalLong.of(tokens),
                List.of(new Change(RECORD, Optional.of("left".getBytes(UTF_8))))));
  }

  private String tokens() {
    return new String(etcd.get(KEYS.tokens()).orElseThrow(), UTF_8);
  }

  /** A server that found the head and not the record would wait for nobody. */
  @Test
  void write_putsWhatIsInherited_withTheHead() throws Exception {
    KeyValues watched =
        new ForwardingKeyValues(etcd.connect()) {
          @Override
          public Answer commit(List<Condition> when, List<Change> then) throws KeyValuesException {
            boolean head = then.stream().anyMatch(change -> change.key().equals(KEYS.head()));
            assertThat(then.stream().anyMatch(change -> change.key().equals(RECORD)))
                .isEqualTo(head);
            return super.commit(when, then);
          }
        };
    write(watched, 4_711);
    assertThat(tokens()).isEqualTo("4711");
    assertThat(etcd.get(RECORD)).isPresent();
    assertThat(Drafts.text(Drafts.look(new EtcdStores(etcd).open()))).isEqualTo(TEXT);
  }

  /** The head was deleted, and servers that have not noticed may be using these tokens. */
  @Test
  void write_whereTokensWereReserved_keepsTheHigherOnes() throws Exception {
    etcd.put(KEYS.tokens(), "9000\n".getBytes(UTF_8));
    write(etcd.connect(), 4_711);
    assertThat(tokens()).isEqualTo("9000");
  }

  @Test
  void write_whileTokensAreReserved_isNotDone() throws Exception {
    etcd.put(KEYS.tokens(), "9000".getBytes(UTF_8));
    KeyValues overtaken =
        new ForwardingKeyValues(etcd.connect()) {
          @Override
          public Answer commit(List<Condition> when, List<Change> then) throws KeyValuesException {
            if (then.stream().anyMatch(change -> change.key().equals(KEYS.head()))) {
              etcd.put(KEYS.tokens(), "12000".getBytes(UTF_8));
            }
            return super.commit(when, then);
          }
        };
    assertThatThrownBy(() -> write(overtaken, 4_711)).hasMessageContaining("at the same time");
    assertThat(etcd.get(KEYS.head())).isEmpty();
    assertThat(tokens()).isEqualTo("12000");
  }

  @Test
  void write_whereTokensAreDamaged_isRefused() {
    etcd.put(KEYS.tokens(), "many".getBytes(UTF_8));
    assertThatThrownBy(() -> write(etcd.connect(), 4_711))
        .hasMessageContaining(KEYS.tokens() + " is damaged");
    assertThat(etcd.get(KEYS.head())).isEmpty();
  }

  /** The answer to the transaction with the head, or to one before it, is lost. */
  private KeyValues unanswered(boolean withHead) {
    return new ForwardingKeyValues(etcd.connect()) {
      @Override
      public Answer commit(List<Condition> when, List<Change> then) throws KeyValuesException {
        Answer answer = super.commit(when, then);
        if (withHead == then.stream().anyMatch(change -> change.key().equals(KEYS.head()))) {
          throw new KeyValuesException(KeyValuesException.Kind.OUTCOME_UNKNOWN, "no answer");
        }
        return answer;
      }
    };
  }

  @Test
  void write_theLastAnswerIsLost_isLookedAt() throws Exception {
    write(unanswered(true), 4_711);
    assertThat(tokens()).isEqualTo("4711");
  }

  @Test
  void write_anEarlierAnswerIsLost_hasWrittenNothingThatCounts() {
    assertThatThrownBy(() -> write(unanswered(false), 4_711))
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.UNREACHABLE));
    assertThat(etcd.get(KEYS.head())).isEmpty();
  }
}
