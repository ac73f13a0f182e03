package io.datastored.history.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.collect.ImmutableList;
import com.google.common.hash.Hashing;
import io.datastored.file.ForeignOwner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A claim place is the location of a configuration's claim file. Immutable.
 *
 * <p>If the configuration's directory belongs to this process's user, the claim is a hidden file
 * beside the configuration: all users of the configuration find it there, and it survives a reboot.
 * Nothing is written to a directory of another user, such as that of Proxmox Backup Server; the
 * claim is then in the runtime directory, which is empty after a boot.
 *
 * @param file the claim file
 * @param lasting whether it survives a reboot
 */
record ClaimPlace(Path file, boolean lasting) {

  private static final int HASH_DIGITS = 16;

  /** The possible places for the claim of a configuration, the best one first. */
  static ImmutableList<ClaimPlace> of(Path configFile, Optional<Path> running) throws IOException {
    ImmutableList.Builder<ClaimPlace> places = ImmutableList.builder();
    beside(configFile).ifPresent(places::add);
    // Hash the path as given: the target of a link may change.
    String hash = Hashing.sha256().hashString(configFile.toString(), UTF_8).toString();
    running.ifPresent(
        directory ->
            places.add(
                new ClaimPlace(
                    directory.resolve(".claim-" + hash.substring(0, HASH_DIGITS)), false)));
    return places.build();
  }

  private static Optional<ClaimPlace> beside(Path configFile) throws IOException {
    // If the path is a link, beside its target: two links may lead to the same file.
    Path target = Files.exists(configFile) ? configFile.toRealPath() : configFile;
    Path directory = target.getParent();
    if (directory == null
        || !Files.isWritable(directory)
        || ForeignOwner.of(directory).isPresent()) {
      return Optional.empty();
    }
    Path file = directory.toRealPath().resolve("." + target.getFileName() + ".datastored");
    return Optional.of(new ClaimPlace(file, true));
  }
}
