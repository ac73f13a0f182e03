package io.datastored.client;

import io.datastored.v1.Revision;

/** Revision order says which of two revisions is further. Revisions of two histories never are. */
final class RevisionOrder {

  private RevisionOrder() {}

  static boolean sameHistory(Revision one, Revision other) {
    return one.getIncarnation().equals(other.getIncarnation());
  }

  /** Whether who has applied this one has applied the wanted one too. */
  static boolean reaches(Revision applied, Revision wanted) {
    return sameHistory(applied, wanted) && applied.getGeneration() >= wanted.getGeneration();
  }
}
