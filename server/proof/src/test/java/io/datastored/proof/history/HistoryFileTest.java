package io.datastored.proof.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HistoryFileTest {

  @TempDir Path directory;

  @Test
  void read_ofAllProcesses_isInTheOrderOfTime_withoutALineThatAKillHasCut() throws Exception {
    try (HistoryFile w1 = HistoryFile.of(directory, "w1");
        HistoryFile w2 = HistoryFile.of(directory, "w2")) {
      w2.add(20, Kind.USE, "id", 2);
      w1.add(10, Kind.REFUSED, "id", 1, "reason", "two words");
    }
    Files.writeString(directory.resolve("w1.history"), "30 w1 us", StandardOpenOption.APPEND);
    assertThat(HistoryFile.read(directory))
        .extracting(Event::toString)
        .containsExactly("10 w1 refused id=1 reason=two_words", "20 w2 use id=2");
  }

  @Test
  void again_ofEqualEvents_writesTheLastOfEachRow() throws Exception {
    try (HistoryFile history = HistoryFile.of(directory, "c")) {
      for (int i = 0; i < 10; i++) {
        history.again(
            "x", 100 + i, Kind.HIT, "datastore", "a", "generation", i / 5, "ended", 200 + i);
        history.again("y", 100 + i, Kind.USE, "id", 1);
      }
      history.enough("y");
    }
    assertThat(HistoryFile.read(directory))
        .extracting(Event::toString)
        .containsExactlyInAnyOrder(
            "100 c hit datastore=a generation=0 ended=200",
            "104 c hit datastore=a generation=0 ended=204",
            "105 c hit datastore=a generation=1 ended=205",
            "109 c hit datastore=a generation=1 ended=209",
            "100 c use id=1",
            "109 c use id=1");
  }

  @Test
  void history_ofAnAnswerWithoutAQuestion_orAnIdUsedTwice_isRefused() {
    Event begin = Event.parse("10 w lookup-begin id=1 datastore=a operation=READ");
    Event done = Event.parse("11 w write-done id=1x generation=4");
    assertThatThrownBy(() -> History.of(List.of(begin, done)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nobody asked for it: 11 w write-done");
    assertThatThrownBy(() -> History.of(List.of(begin, begin)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("an id that was used before");
  }
}
