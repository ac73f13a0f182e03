package io.datastored.bench.lookup;

import io.datastored.config.document.ConfigSection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;

/**
 * An instance is what the original keeps of a datastore between lookups. Immutable.
 *
 * @param version of the configuration it was made from: a digest, or a generation
 * @param section the settings and mode that it was made from
 * @param gcStatus what the last garbage collection left, as text
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
