package io.datastored.cli.view;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TextTableTest {

  @Test
  void lines_alignNumbersToTheRight_andWordsToTheLeft() {
    assertThat(
            new TextTable("NAME", "AGE", "NOTE")
                .row("main", "41m", "")
                .row("archive", "5s", "cold data")
                .row("", "", "x")
                .lines())
        .containsExactly(
            "NAME     AGE  NOTE", "main     41m", "archive   5s  cold data", "-          -  x");
  }

  @Test
  void row_withControlCharacters_cannotReachTheTerminal() {
    assertThat(new TextTable("NAME").row("\u001b[2Jevil\n").lines()).contains("\\u001b[2Jevil\\n");
  }
}
