package io.datastored.etcd.history;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.datastored.history.Generation;
import java.util.Optional;

/** A removal is the value of the key of a removed datastore: the generation, a line. Stateless. */
final class Removal {

  private Removal() {}

  static byte[] write(Generation generation) {
    return (generation + "\n").getBytes(US_ASCII);
  }

  /** The generation; empty if the value is damaged. */
  static Optional<Generation> read(byte[] value) {
    try {
      return Optional.of(new Generation(Long.parseLong(new String(value, US_ASCII).strip())));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
