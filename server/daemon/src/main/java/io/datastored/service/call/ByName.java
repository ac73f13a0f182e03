package io.datastored.service.call;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedSet;
import com.google.common.collect.Lists;
import io.datastored.access.Rights;
import io.datastored.access.Verb;
import io.datastored.config.DatastoreName;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.service.wire.PageToken;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** By-name order is the order of every listing: names, sorted by their characters. Stateless. */
public final class ByName {
  private ByName() {}

  /** The names of all served datastores, and of faulty sections that have no good version. */
  public static List<DatastoreName> all(Snapshot snapshot) {
    ImmutableList<Datastore> served = snapshot.byName();
    boolean complete =
        snapshot.sectionFaults().keySet().stream().allMatch(n -> snapshot.find(n).isPresent());
    if (complete) {
      return Lists.transform(served, Datastore::name);
    }
    return ImmutableSortedSet.<DatastoreName>naturalOrder()
        .addAll(Lists.transform(served, Datastore::name))
        .addAll(snapshot.sectionFaults().keySet())
        .build()
        .asList();
  }

  /** The names that the caller may see, of sorted ones. */
  static List<DatastoreName> seenBy(Rights rights, List<DatastoreName> sorted) {
    return rights.allowEverywhere(Verb.SEE)
        ? sorted
        : sorted.stream().filter(name -> rights.allow(Verb.SEE, name)).toList();
  }

  /** The names after a page, found by binary search and not by walking the earlier pages. */
  static List<DatastoreName> after(Optional<PageToken> token, List<DatastoreName> sorted) {
    return sorted.subList(
        token.map(t -> position(new DatastoreName(t.after()), sorted)).orElse(0), sorted.size());
  }

  /** The position of the first name after this one. */
  private static int position(DatastoreName after, List<DatastoreName> sorted) {
    int found = Collections.binarySearch(sorted, after);
    return found < 0 ? -found - 1 : found + 1;
  }
}
