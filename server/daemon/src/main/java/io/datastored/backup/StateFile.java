package io.datastored.backup;

import io.datastored.access.KeptRulesFile;
import io.datastored.file.Verdict;
import io.datastored.history.StateVerdict;
import io.datastored.history.file.Departure;
import io.datastored.history.file.StateDirectoryVerdicts;
import io.datastored.promise.Continuations;
import io.datastored.promise.FilePromiseBook;
import java.util.Optional;
import java.util.function.Function;

/**
 * The state files are the files of a state directory that have content, in the order in which they
 * are read. Immutable.
 *
 * <p>The state is read before the ledger of leases. A base path that a datastore leaves is recorded
 * in the ledger before the change is in the state; so a copy may have one path too many, and never
 * one too few.
 */
enum StateFile {
  STATE(
      "state",
      StateVerdict::of,
      InBackup.REQUIRED,
      "missing. The next start begins a new history from the configuration file alone"),
  LEASES(
      "leases",
      FilePromiseBook::verdict,
      InBackup.IF_THERE,
      "missing. After the next start no drain completes before the longest leases that its options"
          + " allow have expired"),
  /** Secret, and of little use after a restore: without it the mode decides. */
  KEY(
      "continuation.key",
      Continuations::verdict,
      InBackup.NEVER,
      "missing. The next start makes a new key: leases of the last run are continued only where the"
          + " mode permits it"),
  ACCESS("access", KeptRulesFile::verdict, InBackup.IF_THERE, ""),
  RUN("run", StateDirectoryVerdicts::ofRun, InBackup.NEVER, ""),
  ACCEPT("accept", StateDirectoryVerdicts::ofConsent, InBackup.NEVER, ""),
  MOVED("moved", Departure::verdict, InBackup.NEVER, "");

  /** Whether a backup has the file. */
  enum InBackup {
    REQUIRED,
    IF_THERE,
    NEVER
  }

  private final String fileName;
  private final Function<byte[], Verdict> verdict;
  private final InBackup inBackup;
  private final String missing;

  StateFile(String fileName, Function<byte[], Verdict> verdict, InBackup inBackup, String missing) {
    this.fileName = fileName;
    this.verdict = verdict;
    this.inBackup = inBackup;
    this.missing = missing;
  }

  /** Its name in the directory. */
  String fileName() {
    return fileName;
  }

  InBackup inBackup() {
    return inBackup;
  }

  /** Whether a content can be used, and what is in it. */
  Verdict verdict(byte[] bytes) {
    return verdict.apply(bytes);
  }

  /** What it means that there is no such file; empty if that is normal. */
  Optional<Verdict> missing() {
    if (missing.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(this == STATE ? Verdict.fault(missing) : Verdict.note(missing));
  }
}
