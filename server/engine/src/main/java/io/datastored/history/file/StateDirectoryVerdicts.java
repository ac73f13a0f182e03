package io.datastored.history.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.collect.ImmutableMap;
import io.datastored.file.Verdict;
import io.datastored.history.Incarnation;
import io.datastored.history.Machine;
import io.datastored.history.StateText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * State directory verdicts are the verdicts on what stands beside a state: which run directory is
 * in use, what an operator has accepted, and whether the state is the last one of its history.
 * Stateless. They change nothing and take no lock.
 */
public final class StateDirectoryVerdicts {

  private static final String NEW_HISTORY = "the next start begins a new history";

  private StateDirectoryVerdicts() {}

  /** The verdict on the file that names the run directory. */
  public static Verdict ofRun(byte[] bytes) {
    try {
      RunDirectory run = RunDirectory.parse(new String(bytes, UTF_8).lines().toList());
      return Verdict.whole("names the run directory " + run.path());
    } catch (IllegalArgumentException e) {
      return Verdict.damaged(
          e, "Stop all processes that use the state directory; the next start writes it again");
    }
  }

  /** The verdict on the file of consents. */
  public static Verdict ofConsent(byte[] bytes) {
    return Verdict.note(
        Consent.isRestored(new String(bytes, UTF_8))
            ? "the directory was restored from a backup: " + NEW_HISTORY
            : "an operator has accepted a configuration that has lost datastores; this file is"
                + " removed once that has been applied");
  }

  /**
   * The verdicts on the claim of the configuration and on the machine of the state.
   *
   * @param state a whole state file
   * @return by file; empty if there is no claim
   */
  public static ImmutableMap<Path, Verdict> ofClaim(Path stateDirectory, byte[] state)
      throws IOException {
    StateText.Kept kept = StateText.read(state);
    Optional<Path> configFile = kept.state().configFile();
    if (configFile.isEmpty()) {
      return ImmutableMap.of();
    }
    for (ClaimPlace place : ClaimPlace.of(configFile.get(), RunDirectory.shared())) {
      if (Files.isRegularFile(place.file())) {
        return ImmutableMap.of(
            place.file(), claim(Files.readAllBytes(place.file()), stateDirectory, kept));
      }
    }
    return ImmutableMap.of();
  }

  /** Why the next start begins a new history although nothing is damaged; empty if it does not. */
  public static Optional<String> movedFrom(byte[] state, Path machineId) {
    return StateText.read(state).machine().isAnother(Machine.of(machineId))
        ? Optional.of("it was written on another machine (another machine-id): " + NEW_HISTORY)
        : Optional.empty();
  }

  private static Verdict claim(byte[] bytes, Path stateDirectory, StateText.Kept kept) {
    Optional<ClaimText> claim = ClaimText.read(bytes);
    if (claim.isEmpty()) {
      return Verdict.note(
          "damaged; the next start writes it again, and cannot notice whether the state was"
              + " restored");
    }
    Incarnation incarnation = kept.state().revision().incarnation();
    Optional<String> objection =
        claim.get().history(incarnation).flatMap(seen -> seen.objection(kept.mark()));
    if (objection.isPresent()) {
      return Verdict.note(
          "the state was restored from a backup or copied, "
              + objection.get()
              + ": "
              + NEW_HISTORY);
    }
    if (!claim.get().stateDirectory().equals(stateDirectory)) {
      return Verdict.note(
          "another state directory was the last to use the configuration: "
              + claim.get().stateDirectory());
    }
    return Verdict.whole(
        "claims the configuration for this directory; its state is the last one of its history");
  }
}
