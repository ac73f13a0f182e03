package io.datastored.bench.lookup;

import io.datastored.config.DatastoreName;
import io.datastored.config.document.ConfigDocument;
import io.datastored.config.document.ConfigSection;
import io.datastored.file.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A config is the whole configuration file, read, hashed, parsed and validated. Immutable. */
record Config(ConfigDocument document, Digest digest) {

  static Config read(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    return new Config(ConfigDocument.parse(bytes), Digest.of(bytes));
  }

  ConfigSection section(DatastoreName name) throws IOException {
    ConfigSection section = document.sections().get(name);
    if (section == null) {
      throw new IOException("no such datastore '" + name + "'");
    }
    return section;
  }

  /** Whether the instance of a datastore must be closed when it is not in use. */
  boolean evicts(DatastoreName name) {
    ConfigSection section = document.sections().get(name);
    return section == null || section.maintenance().mode().evicts();
  }
}
