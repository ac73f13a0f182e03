package io.datastored.lease;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TermTest {

  @Test
  void isLive_atTheDeadline_false() {
    Term term = new Term(10);
    assertThat(term.isLive(9)).isTrue();
    assertThat(term.isLive(10)).isFalse();
  }

  @Test
  void renew_live_movesTheDeadline() {
    Term term = new Term(10);
    assertThat(term.renew(9, 19)).isTrue();
    assertThat(term.deadline()).isEqualTo(19);
  }

  @Test
  void renew_toAnEarlierDeadline_neverShortensButIsTold() {
    Term term = new Term(10);
    assertThat(term.renew(1, 5)).isTrue();
    assertThat(term.deadline()).isEqualTo(11);
    assertThat(term.undo(10)).as("renewed, so no longer undone").isFalse();
  }

  @Test
  void renew_atTheDeadline_refused() {
    Term term = new Term(10);
    assertThat(term.renew(10, 20)).isFalse();
    assertThat(term.isEndedByServer()).as("only judged, nobody acted on it").isFalse();
  }

  @Test
  void renew_judgedBeforeAnExpiryThatWasActedOn_refused() {
    Term term = new Term(10);
    assertThat(term.expire(10)).isTrue();
    assertThat(term.renew(9, 19)).isFalse();
    assertThat(term.isEndedByServer()).isTrue();
    assertThat(term.deadline()).isEqualTo(10);
  }

  @Test
  void expire_judgedBeforeARenewal_refused() {
    Term term = new Term(10);
    assertThat(term.renew(9, 19)).isTrue();
    assertThat(term.expire(10)).isFalse();
    assertThat(term.isLive(10)).isTrue();
  }

  @Test
  void expire_twice_onlyOneActs() {
    Term term = new Term(10);
    assertThat(term.expire(11)).isTrue();
    assertThat(term.expire(11)).isFalse();
    assertThat(term.giveBack()).isFalse();
  }

  @Test
  void giveBack_live_once() {
    Term term = new Term(10);
    assertThat(term.giveBack()).isTrue();
    assertThat(term.giveBack()).isFalse();
    assertThat(term.expire(99)).isFalse();
    assertThat(term.renew(1, 99)).isFalse();
    assertThat(term.isReturned()).isTrue();
  }

  @Test
  void forget_ended_once() {
    Term term = new Term(10);
    assertThat(term.forget()).as("live").isFalse();
    term.expire(10);
    assertThat(term.forget()).isTrue();
    assertThat(term.forget()).isFalse();
    assertThat(term.isReturned()).isTrue();
  }

  @Test
  void undo_neverRenewed_ends() {
    Term term = new Term(10);
    assertThat(term.undo(10)).isTrue();
    assertThat(term.isReturned()).isTrue();
  }
}
