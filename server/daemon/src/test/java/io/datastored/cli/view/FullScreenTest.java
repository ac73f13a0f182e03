package io.datastored.cli.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.cli.view.FullScreen.Size;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FullScreenTest {

  private static String frame(int rows, int columns, String... lines) {
    return FullScreen.frame(List.of(lines), "end", new Size(rows, columns))
        .replace("\u001b[K", "")
        .replace("\u001b[H", "");
  }

  @Test
  void frame_fillsTheScreen_withTheLastLineAtTheBottom() {
    assertThat(frame(4, 80, "a", "b")).isEqualTo("a\nb\n\nend");
    assertThat(frame(4, 80, "a", "b", "c")).isEqualTo("a\nb\nc\nend");
  }

  @Test
  void frame_ofMoreLinesThanFit_countsTheOthers() {
    assertThat(frame(4, 80, "a", "b", "c", "d")).isEqualTo("a\nb\nand 2 lines below\nend");
    assertThat(frame(1, 80, "a", "b")).isEqualTo("end");
  }

  @Test
  void frame_cutsLinesAtTheWidth_andEscapesWhatATerminalWouldExecute() {
    assertThat(frame(2, 4, "abcd")).isEqualTo("abcd\nend");
    assertThat(frame(2, 4, "abcde")).isEqualTo("abc…\nend");
    assertThat(frame(2, 80, "\u001b[2J")).isEqualTo("\\u001b[2J\nend");
  }

  @Test
  void size_ofATerminalThatDoesNotSayIt_isTheUsualOne() {
    assertThat(Size.parse("50 132")).isEqualTo(new Size(50, 132));
    assertThat(Size.parse("0 0")).isEqualTo(new Size(24, 80));
    assertThat(Size.parse("")).isEqualTo(new Size(24, 80));
  }
}
