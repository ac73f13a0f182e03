package io.datastored.config;

import java.util.Optional;

/** A save outcome is what became of a prepared save. Immutable. */
public sealed interface SaveOutcome {

  /**
   * The new content is there.
   *
   * @param digest its digest
   * @param keptAside where a change by somebody else, made in the very moment of the save, was put
   */
  record Saved(Digest digest, Optional<String> keptAside) implements SaveOutcome {}

  /**
   * Nothing was changed, because somebody else had changed the content.
   *
   * @param found the digest of what is there
   */
  record ChangedMeanwhile(Digest found) implements SaveOutcome {}
}
