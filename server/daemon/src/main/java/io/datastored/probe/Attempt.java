package io.datastored.probe;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * An attempt is the result of one probe: a measurement or the reason why there is none. Immutable.
 *
 * @param error one line; empty if there is a measurement
 */
record Attempt(Optional<Measurement> measurement, String error) {

  static Attempt of(Probe probe, Path basePath) {
    try {
      return new Attempt(Optional.of(probe.measure(basePath)), "");
    } catch (NoSuchFileException e) {
      return failed("no such directory");
    } catch (FileSystemException e) {
      return failed(e.getReason() == null ? e.getClass().getSimpleName() : e.getReason());
    } catch (IOException | RuntimeException e) {
      return failed(e.toString());
    }
  }

  static Attempt failed(String error) {
    return new Attempt(Optional.empty(), error);
  }
}
