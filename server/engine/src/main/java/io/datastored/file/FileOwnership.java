package io.datastored.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Optional;
import java.util.Set;

/**
 * A file ownership is the owner, group and permissions of a file. Immutable.
 *
 * @param owner empty for the user that creates the file
 * @param group empty for that user's group
 */
record FileOwnership(
    Set<PosixFilePermission> permissions,
    Optional<UserPrincipal> owner,
    Optional<GroupPrincipal> group) {

  /** The ownership of a new file: mode 0640. */
  static final FileOwnership NEW =
      new FileOwnership(
          PosixFilePermissions.fromString("rw-r-----"), Optional.empty(), Optional.empty());

  FileOwnership {
    permissions = Set.copyOf(permissions);
  }

  static FileOwnership of(Path file) throws IOException {
    try {
      PosixFileAttributes attributes = Files.readAttributes(file, PosixFileAttributes.class);
      return new FileOwnership(
          attributes.permissions(),
          Optional.of(attributes.owner()),
          Optional.of(attributes.group()));
    } catch (NoSuchFileException e) {
      return NEW;
    }
  }

  /** Sets owner and group, if this process is permitted to; the permissions are set in any case. */
  void applyTo(Path file) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    PosixFileAttributes present = view.readAttributes();
    if (group.isPresent() && !group.get().equals(present.group())) {
      attempt(() -> view.setGroup(group.get()));
    }
    if (owner.isPresent() && !owner.get().equals(present.owner())) {
      attempt(() -> view.setOwner(owner.get()));
    }
    // Last: a change of owner clears permission bits.
    view.setPermissions(permissions);
  }

  private static void attempt(OwnershipChange change) {
    try {
      change.run();
    } catch (IOException e) {
      // Only root may change the owner; the permissions still apply to this process's user.
    }
  }

  private interface OwnershipChange {
    void run() throws IOException;
  }
}
