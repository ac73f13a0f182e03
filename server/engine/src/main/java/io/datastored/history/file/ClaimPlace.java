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
 * A claim place is where the claim file of a configuration is. Immutable.
 *
 * <p>Beside the configuration, hidden, where the directory belongs to this process's user: all that
 * use the file find it there, and it survives a reboot. In a directory of somebody else, such as
 * that of Proxmox Backup Server, nothing is put; then it is in the directory for what runs, which
 * is made anew after a boot.
 *
 * @param file the claim file
 * @param lasting whether it is still there after a reboot
 */
record ClaimPlace(Path file, boolean lasting) {

  private static final int HASH_DIGITS = 16;

  /** Where the claim of a configuration may be, the best place first. */
  static ImmutableList<ClaimPlace> of(Path configFile, Optional<Path> running) throws IOException {
    ImmutableList.Builder<ClaimPlace> places = ImmutableList.builder();
    beside(configFile).ifPresent(places::add);
    // By the path as it was given: behind a link the directory may be another one tomorrow.
    String hash = Hashing.sha256().hashString(configFile.toString(), UTF_8).toString();
    running.ifPresent(
        directory ->
            places.add(
                new ClaimPlace(
                    directory.resolve(".claim-" + hash.substring(0, HASH_DIGITS)), false)));
    return places.build();
  }

  private static Optional<ClaimPlace> beside(Path configFile) throws IOException {
    // Behind a link, beside what it leads to: two links may lead to one file.
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
