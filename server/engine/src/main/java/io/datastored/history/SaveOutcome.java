package io.datastored.history;

import io.datastored.file.Digest;

/** A save outcome is what became of a prepared save. Immutable. */
public sealed interface SaveOutcome {

  /**
   * The new content is there.
   *
   * @param digest its digest
   */
  record Saved(Digest digest) implements SaveOutcome {}

  /**
   * Nothing was changed, because somebody else had changed the content.
   *
   * @param found the digest of what is there
   */
  record ChangedMeanwhile(Digest found) implements SaveOutcome {}
}
