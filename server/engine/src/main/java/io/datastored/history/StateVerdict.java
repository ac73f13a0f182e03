package io.datastored.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.datastored.config.MaintenanceMode;
import io.datastored.file.Verdict;
import io.datastored.history.StateText.LaterVersionException;
import java.nio.file.Path;

/** A state verdict is a verdict on the content of a state file. Stateless. */
public final class StateVerdict {

  private StateVerdict() {}

  /** Whether a state file can be used, and what is in it. */
  public static Verdict of(byte[] bytes) {
    try {
      return Verdict.whole(text(bytes, StateText.read(bytes)));
    } catch (LaterVersionException e) {
      return Verdict.fault(e.getMessage() + "; start that version");
    } catch (RuntimeException e) {
      return Verdict.damaged(
          e,
          "The next start keeps it as state.damaged-SECONDS and begins a new history: who set which"
              + " mode, and last good versions, are lost. To restore a backup instead, move the"
              + " directory away and run: datastored state import");
    }
  }

  private static String text(byte[] bytes, StateText.Kept kept) {
    AcceptedState state = kept.state();
    int datastores = state.datastores().size();
    long inMaintenance =
        state.datastores().values().stream()
            .filter(one -> one.mode().setting().mode() != MaintenanceMode.NONE)
            .count();
    long broken =
        state.datastores().values().stream().filter(one -> one.lastGood().isPresent()).count();
    return "format %s, incarnation %s, generation %s, commit %d; %d datastore%s of %s, %d in maintenance, %d served as last good"
        .formatted(
            format(bytes),
            state.revision().incarnation(),
            state.generation(),
            kept.mark().number(),
            datastores,
            datastores == 1 ? "" : "s",
            state.configFile().map(Path::toString).orElse("no file"),
            inMaintenance,
            broken);
  }

  /** The number at the end of the first line. */
  private static String format(byte[] bytes) {
    String first = new String(bytes, 0, Math.min(bytes.length, 40), UTF_8);
    return first.substring(first.indexOf(' ') + 1, first.indexOf('\n'));
  }
}
