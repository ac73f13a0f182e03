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
  static final FileOwnership NEW = ofNew("rw-r-----");

  /** The ownership of a new file that only its owner may read: mode 0600. */
  static final FileOwnership NEW_PRIVATE = ofNew("rw-------");

  FileOwnership {
    permissions = Set.copyOf(permissions);
  }

  private static FileOwnership ofNew(String permissions) {
    return new FileOwnership(
        PosixFilePermissions.fromString(permissions), Optional.empty(), Optional.empty());
  }

  /**
   * The ownership of a file that is replaced. One that only its owner may read, and that an earlier
   * version left to others, is that no longer.
   *
   * @param ifNew if there is no such file
   */
  static FileOwnership of(Path file, FileOwnership ifNew) throws IOException {
    try {
      PosixFileAttributes attributes = Files.readAttributes(file, PosixFileAttributes.class);
      return new FileOwnership(
          ifNew.equals(NEW_PRIVATE) ? ifNew.permissions() : attributes.permissions(),
          Optional.of(attributes.owner()),
          Optional.of(attributes.group()));
    } catch (NoSuchFileException e) {
      return ifNew;
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
