package io.datastored.client.internal.loop;

import io.datastored.v1.Revision;

/** Revision order compares two revisions. Revisions of different histories are not comparable. */
public final class RevisionOrder {

  private RevisionOrder() {}

  public static boolean sameHistory(Revision one, Revision other) {
    return one.getIncarnation().equals(other.getIncarnation());
  }

  /** Whether a client that has applied {@code applied} has also applied {@code wanted}. */
  public static boolean reaches(Revision applied, Revision wanted) {
    return sameHistory(applied, wanted) && applied.getGeneration() >= wanted.getGeneration();
  }
}
