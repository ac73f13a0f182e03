package io.datastored.backup;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedSet;
import io.datastored.file.HiddenNames;
import io.datastored.file.Verdict;
import io.datastored.history.Machine;
import io.datastored.history.file.StateDirectoryVerdicts;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A state check is what was found in a state directory. Immutable. The files are read one after the
 * other without a lock: each is replaced as a whole, so a running server does not disturb the
 * check, nor the check the server.
 *
 * @param directory the state directory
 * @param findings file by file
 * @param users the processes that use the directory
 */
public record StateCheck(
    Path directory, ImmutableList<Finding> findings, ImmutableSortedSet<Long> users) {

  private static final String USERS = "users.lock";

  /** Files without a content of their own. */
  private static final ImmutableSet<String> OTHERS =
      ImmutableSet.of(USERS, "change.lock", "serve.lock", "serve.pid", "commit.lock", "run.d");

  /** Files that the server's user alone may read; whoever can open a lock file can hold it. */
  private static final ImmutableSet<String> PRIVATE =
      ImmutableSet.of(
          "state", "leases", "continuation.key", "access", USERS, "change.lock", "serve.lock");

  private static final Set<PosixFilePermission> OTHERS_READ =
      EnumSet.of(PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ);
  private static final Set<PosixFilePermission> OTHERS_WRITE =
      EnumSet.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

  /**
   * Checks a directory.
   *
   * @throws IOException when it cannot be listed
   */
  public static StateCheck of(Path given) throws IOException {
    Path directory = given.toRealPath();
    ImmutableList.Builder<Finding> findings = ImmutableList.builder();
    PosixFileAttributes owner = Files.readAttributes(directory, PosixFileAttributes.class);
    if (!Collections.disjoint(owner.permissions(), OTHERS_WRITE)) {
      findings.add(
          new Finding(
              directory,
              Verdict.fault(
                  "others than its owner may write to it; run: chmod go-w " + directory)));
    }
    Map<StateFile, byte[]> contents = new EnumMap<>(StateFile.class);
    for (StateFile file : StateFile.values()) {
      content(directory.resolve(file.fileName()), file, contents).ifPresent(findings::add);
    }
    findings.addAll(history(directory, contents));
    for (Path file : list(directory)) {
      ownership(file, owner).ifPresent(verdict -> findings.add(new Finding(file, verdict)));
      stray(file).ifPresent(verdict -> findings.add(new Finding(file, verdict)));
    }
    return new StateCheck(directory, findings.build(), LockHolders.of(directory.resolve(USERS)));
  }

  /** How many files have a fault. */
  public long faults() {
    return findings.stream()
        .filter(finding -> finding.verdict().kind() == Verdict.Kind.FAULT)
        .count();
  }

  /** The verdict on a content, which is kept if it is whole. */
  private static Optional<Finding> content(
      Path path, StateFile file, Map<StateFile, byte[]> contents) {
    try {
      byte[] bytes = Files.readAllBytes(path);
      Verdict verdict = file.verdict(bytes);
      if (verdict.kind() == Verdict.Kind.WHOLE) {
        contents.put(file, bytes);
      }
      return Optional.of(new Finding(path, verdict));
    } catch (NoSuchFileException e) {
      return file.missing().map(verdict -> new Finding(path, verdict));
    } catch (IOException e) {
      return Optional.of(new Finding(path, Verdict.fault(why(e))));
    }
  }

  private static String why(IOException e) {
    return e instanceof AccessDeniedException
        ? "cannot be read: permission denied; run this as root or as the server's user"
        : "cannot be read: " + e.getMessage();
  }

  /** Whether the state is the last one of its history. */
  private static ImmutableList<Finding> history(Path directory, Map<StateFile, byte[]> contents) {
    byte[] state = contents.get(StateFile.STATE);
    if (state == null) {
      return ImmutableList.of();
    }
    ImmutableList.Builder<Finding> findings = ImmutableList.builder();
    StateDirectoryVerdicts.movedFrom(state, Machine.ID)
        .ifPresent(
            why ->
                findings.add(
                    new Finding(directory.resolve(StateFile.STATE.fileName()), Verdict.note(why))));
    try {
      StateDirectoryVerdicts.ofClaim(directory, state)
          .forEach((file, verdict) -> findings.add(new Finding(file, verdict)));
    } catch (IOException e) {
      findings.add(
          new Finding(
              directory, Verdict.note("cannot tell whether its state is the last one: " + why(e))));
    }
    return findings.build();
  }

  private static ImmutableList<Path> list(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().collect(toImmutableList());
    }
  }

  /** What is wrong with who may do what with a file. */
  private static Optional<Verdict> ownership(Path file, PosixFileAttributes directory)
      throws IOException {
    String name = file.getFileName().toString();
    PosixFileAttributes found;
    try {
      found = Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      // Replaced or removed by a running server since it was listed.
      return Optional.empty();
    }
    if (!PRIVATE.contains(name)) {
      return Optional.empty();
    }
    if (!found.isRegularFile()) {
      return Optional.of(Verdict.fault("is not a regular file; stop the server and remove it"));
    }
    if (!found.owner().equals(directory.owner())) {
      return Optional.of(
          Verdict.fault(
              "belongs to user %s, and the directory to user %s; run: chown %s %s"
                  .formatted(found.owner(), directory.owner(), directory.owner(), file)));
    }
    Set<PosixFilePermission> permissions = found.permissions();
    if (Collections.disjoint(permissions, OTHERS_READ)
        && Collections.disjoint(permissions, OTHERS_WRITE)) {
      return Optional.empty();
    }
    String sentence =
        "others than its owner may open it (%s); run: chmod 0600 %s"
            .formatted(PosixFilePermissions.toString(permissions), file);
    boolean secret = name.equals(StateFile.KEY.fileName());
    return Optional.of(
        secret || !Collections.disjoint(permissions, OTHERS_WRITE)
            ? Verdict.fault(sentence)
            : Verdict.note(sentence + ", or let the server do it with its next write"));
  }

  /** What to do with a file that the server does not use. */
  private static Optional<Verdict> stray(Path file) {
    String name = file.getFileName().toString();
    if (HiddenNames.isHidden(file)) {
      return Optional.of(
          Verdict.note("being written, or left by a write that did not end; a start removes it"));
    }
    if (name.matches("(state\\.damaged|leases\\.corrupt)-\\d+")) {
      return Optional.of(
          Verdict.note("damaged, and set aside by the server; look at it, and remove it"));
    }
    return OTHERS.contains(name)
            || Arrays.stream(StateFile.values()).anyMatch(known -> known.fileName().equals(name))
        ? Optional.empty()
        : Optional.of(Verdict.note("is not a file of datastored"));
  }
}
