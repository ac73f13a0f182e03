package io.datastored.bench.lookup;

import io.datastored.config.document.ConfigSection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;

/**
 * An instance is the state that the original keeps of a datastore between lookups. Immutable.
 *
 * @param version version of the configuration that it was created from: a digest or a generation
 * @param section settings and mode that it was created from
 * @param gcStatus status of the last garbage collection, as text
 */
record Instance(ChunkStore chunks, Object version, ConfigSection section, String gcStatus) {

  static Instance of(ChunkStore chunks, Object version, ConfigSection section) throws IOException {
    String gcStatus;
    try {
      gcStatus = Files.readString(chunks.base().resolve(".gc-status"));
    } catch (NoSuchFileException e) {
      gcStatus = "";
    }
    return new Instance(chunks, version, section, gcStatus);
  }
}
