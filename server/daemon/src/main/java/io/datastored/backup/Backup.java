package io.datastored.backup;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.datastored.file.AtomicFile;
import io.datastored.file.DiskSteps;
import io.datastored.file.StoreException;
import io.datastored.file.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;

/**
 * A backup is what a restore needs of a state directory: the state, in which the accepted
 * configuration is, the ledger of leases, and the last good rules. Immutable. It has no secret: the
 * key of continuations is left out.
 *
 * @param made when it was made
 * @param version of the program that made it
 * @param directory the state directory
 */
public record Backup(
    Instant made, String version, Path directory, ImmutableMap<StateFile, byte[]> files) {

  /** Checks that it has a state. */
  public Backup {
    if (!files.containsKey(StateFile.STATE)) {
      throw new IllegalArgumentException("it has no state");
    }
  }

  /**
   * Makes a backup of a directory, which a server may be using.
   *
   * @throws StoreException with a sentence, when a file that belongs to it is damaged or missing
   */
  public static Backup of(Path directory, String version, Instant now) throws StoreException {
    ImmutableMap.Builder<StateFile, byte[]> files = ImmutableMap.builder();
    for (StateFile file : StateFile.values()) {
      if (file.inBackup() != StateFile.InBackup.NEVER) {
        add(directory.resolve(file.fileName()), file, files);
      }
    }
    Path absolute = directory.toAbsolutePath().normalize();
    return new Backup(now, version, absolute, files.buildOrThrow());
  }

  private static void add(Path path, StateFile file, ImmutableMap.Builder<StateFile, byte[]> files)
      throws StoreException {
    try {
      byte[] bytes = Files.readAllBytes(path);
      Verdict verdict = file.verdict(bytes);
      if (verdict.kind() == Verdict.Kind.FAULT) {
        throw new StoreException(StoreException.Reason.OTHER, path + ": " + verdict.sentence());
      }
      files.put(file, bytes);
    } catch (NoSuchFileException e) {
      if (file.inBackup() == StateFile.InBackup.REQUIRED) {
        throw new StoreException(
            StoreException.Reason.VANISHED,
            "there is no state in " + path.getParent() + ": nothing to export");
      }
    } catch (IOException e) {
      throw StoreException.of("read", path, e);
    }
  }

  /** What is in it, file by file. */
  public ImmutableList<Finding> findings(Path backup) {
    return files.entrySet().stream()
        .map(
            file ->
                new Finding(
                    backup.resolve(file.getKey().fileName()),
                    file.getKey().verdict(file.getValue())))
        .collect(ImmutableList.toImmutableList());
  }

  /** The state file. */
  byte[] state() {
    return Objects.requireNonNull(files.get(StateFile.STATE));
  }

  /** As one document. */
  public byte[] text() {
    return BackupText.write(this);
  }

  /** Writes it to a file that only its owner may read; another one at its place is replaced. */
  public void writeTo(Path file) throws StoreException {
    AtomicFile.forOwnerOnly(file, DiskSteps.REAL).replace(text());
  }

  /**
   * Reads a document.
   *
   * @throws IllegalArgumentException with the reason, when it is damaged or no backup
   */
  public static Backup read(byte[] text) {
    return BackupText.read(text);
  }
}
