package io.datastored.cli.debug;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A debug archive is a new zip file that only its user can read; what could not be collected is
 * listed in it, with the reason. Confined to the command's thread.
 */
final class DebugArchive implements AutoCloseable {

  private static final String INDEX = "README.txt";

  /** Where the bytes of a part come from. */
  interface Source {

    /**
     * The bytes of the part.
     *
     * @throws IOException why they cannot be found out
     */
    byte[] read() throws IOException, InterruptedException;
  }

  private final ZipOutputStream zip;
  private final List<String> parts = new ArrayList<>();
  private final List<String> missing = new ArrayList<>();

  private DebugArchive(ZipOutputStream zip) {
    this.zip = zip;
  }

  /**
   * Begins an archive.
   *
   * @throws java.nio.file.FileAlreadyExistsException if there is something of this name
   */
  static DebugArchive create(Path file) throws IOException {
    return new DebugArchive(
        new ZipOutputStream(
            Channels.newOutputStream(
                Files.newByteChannel(
                    file,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(
                        PosixFilePermissions.fromString("rw-------"))))));
  }

  /** Adds a part, or why there is none. */
  void add(String name, String meaning, Source source) throws IOException, InterruptedException {
    byte[] bytes;
    try {
      bytes = source.read();
    } catch (IOException e) {
      lacks(name, e);
      return;
    }
    put(name, bytes);
    parts.add("%-18s  %s".formatted(name, meaning));
  }

  void lacks(String name, IOException why) {
    missing.add("%s: %s".formatted(name, why.getMessage()));
  }

  private void put(String name, byte[] bytes) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    zip.write(bytes);
    zip.closeEntry();
  }

  List<String> missing() {
    return List.copyOf(missing);
  }

  /** Completes the archive with the list of its parts. */
  void finish(String heading) throws IOException {
    var index = new StringBuilder(heading).append("\n\n");
    parts.forEach(part -> index.append(part).append('\n'));
    if (!missing.isEmpty()) {
      index.append("\nMissing:\n");
      missing.forEach(part -> index.append(part).append('\n'));
    }
    put(INDEX, index.toString().getBytes(UTF_8));
    zip.finish();
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
