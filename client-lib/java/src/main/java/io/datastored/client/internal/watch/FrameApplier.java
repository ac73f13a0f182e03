package io.datastored.client.internal.watch;

import io.datastored.client.AppliedFrame;
import io.datastored.client.Operation;
import io.datastored.client.internal.cache.CachedDatastore;
import io.datastored.client.internal.cache.LeaseSlot;
import io.datastored.client.internal.cache.NearCache;
import io.datastored.client.internal.cache.Selection;
import io.datastored.client.internal.cache.SharedLease;
import io.datastored.client.internal.cache.View;
import io.datastored.client.internal.loop.RevisionOrder;
import io.datastored.client.internal.session.LeaseBook;
import io.datastored.v1.Datastore;
import io.datastored.v1.LookupResponse;
import io.datastored.v1.Revision;
import io.datastored.v1.SnapshotReason;
import io.datastored.v1.WatchGenerationResponse;
import io.datastored.v1.WatchGenerationResponse.FrameCase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A frame applier builds the next view from a frame, or from an answer that is newer than the view.
 * Confined to the loop.
 */
public final class FrameApplier {

  /** A verdict is the outcome of applying a frame. */
  enum Verdict {
    APPLIED,
    /** A revision at least as new is already applied. */
    OLD,
    /** The frame does not follow from what is applied: a snapshot is needed. */
    NEEDS_SNAPSHOT
  }

  /**
   * A result is the verdict on a frame, with its changes if it was applied.
   *
   * @param frame present if and only if it was applied
   */
  public record Result(Verdict verdict, Optional<AppliedFrame> frame) {}

  private final NearCache cache;
  private final LeaseBook book;
  private final Selection selection;

  /** Names of datastores whose state came from an answer that was newer than the view. */
  private final Set<String> filled = new HashSet<>();

  public FrameApplier(NearCache cache, LeaseBook book, Selection selection) {
    this.cache = cache;
    this.book = book;
    this.selection = selection;
  }

  /** Applies a complete frame of a known kind. */
  public Result apply(List<WatchGenerationResponse> parts) {
    WatchGenerationResponse last = parts.get(parts.size() - 1);
    Revision revision = last.getRevision();
    Optional<Revision> before = cache.view().revision();
    if (last.getFrameCase() == FrameCase.SNAPSHOT) {
      SnapshotReason reason = parts.get(0).getSnapshot().getReason();
      boolean back = reason == SnapshotReason.SNAPSHOT_REASON_AHEAD;
      return !back && before.filter(at -> isOlder(revision, at)).isPresent()
          ? new Result(Verdict.OLD, Optional.empty())
          : applied(snapshot(parts, revision, reason));
    }
    // The first frame, and the first frame of another history, must be a snapshot.
    if (before.isEmpty() || !RevisionOrder.sameHistory(before.get(), revision)) {
      return new Result(Verdict.NEEDS_SNAPSHOT, Optional.empty());
    }
    boolean change = last.getFrameCase() == FrameCase.CHANGE;
    // A change without generations is one of rights, which changes no revision.
    boolean repeated =
        change && revision.equals(before.get()) && last.getChange().getGenerations() > 0;
    if (isOlder(revision, before.get()) || repeated) {
      return new Result(Verdict.OLD, Optional.empty());
    }
    return applied(change ? change(parts, revision) : bookmark(last, revision));
  }

  private static Result applied(AppliedFrame frame) {
    return new Result(Verdict.APPLIED, Optional.of(frame));
  }

  private static boolean isOlder(Revision revision, Revision applied) {
    return RevisionOrder.sameHistory(revision, applied)
        && revision.getGeneration() < applied.getGeneration();
  }

  private AppliedFrame snapshot(
      List<WatchGenerationResponse> parts, Revision revision, SnapshotReason reason) {
    View before = cache.view();
    var next = new HashMap<String, CachedDatastore>();
    List<Datastore> all = new ArrayList<>();
    for (WatchGenerationResponse part : parts) {
      all.addAll(part.getSnapshot().getDatastoresList());
      for (Datastore datastore : part.getSnapshot().getDatastoresList()) {
        next.put(datastore.getName(), told(datastore));
      }
    }
    if (reason == SnapshotReason.SNAPSHOT_REASON_AHEAD) {
      filled.clear();
    }
    keepFilled(before, next, revision);
    Set<String> names = Set.copyOf(next.keySet());
    Set<String> removed = new HashSet<>(before.datastores().keySet());
    removed.removeAll(names);
    show(new View(next, revision));
    cache.negatives().clear();
    settle(names);
    settle(removed);
    return new AppliedFrame(
        AppliedFrame.Kind.SNAPSHOT, Optional.of(reason), all, removed, 0, revision);
  }

  private AppliedFrame change(List<WatchGenerationResponse> parts, Revision revision) {
    View before = cache.view();
    HashMap<String, CachedDatastore> next = before.copy();
    Set<String> changed = new HashSet<>();
    List<Datastore> states = new ArrayList<>();
    Set<String> removed = new HashSet<>();
    long generations = 0;
    for (WatchGenerationResponse part : parts) {
      for (Datastore datastore : part.getChange().getChangedList()) {
        next.put(datastore.getName(), told(datastore));
        states.add(datastore);
        changed.add(datastore.getName());
      }
      for (String name : part.getChange().getRemovedList()) {
        next.remove(name);
        removed.add(name);
      }
      generations += part.getChange().getGenerations();
    }
    keepFilled(before, next, revision);
    show(new View(next, revision));
    cache.negatives().forget(changed);
    cache.negatives().forget(removed);
    settle(changed);
    settle(removed);
    return new AppliedFrame(
        AppliedFrame.Kind.CHANGE, Optional.empty(), states, removed, generations, revision);
  }

  private AppliedFrame bookmark(WatchGenerationResponse frame, Revision revision) {
    View before = cache.view();
    List<Datastore> states = new ArrayList<>();
    for (Datastore seen : frame.getBookmark().getRemovableList()) {
      CachedDatastore known = before.find(seen.getName());
      if (known != null && known.datastore().getMountState() != seen.getMountState()) {
        states.add(known.datastore().toBuilder().setMountState(seen.getMountState()).build());
      }
    }
    if (states.isEmpty() && filled.isEmpty()) {
      // The usual case: a bookmark without changes copies nothing.
      show(before.reaching(revision));
    } else {
      HashMap<String, CachedDatastore> next = before.copy();
      states.forEach(mounted -> next.put(mounted.getName(), told(mounted)));
      keepFilled(before, next, revision);
      show(new View(next, revision));
    }
    settle(states.stream().map(Datastore::getName).collect(Collectors.toSet()));
    return new AppliedFrame(
        AppliedFrame.Kind.BOOKMARK, Optional.empty(), states, Set.of(), 0, revision);
  }

  /** Keeps states that came from answers newer than the frame. */
  private void keepFilled(View before, HashMap<String, CachedDatastore> next, Revision revision) {
    filled.removeIf(
        name -> {
          CachedDatastore known = before.find(name);
          Revision at = known == null ? null : known.filled();
          if (known == null || at == null || !RevisionOrder.sameHistory(at, revision)) {
            return true;
          }
          if (isOlder(revision, at)) {
            next.put(name, known);
            return false;
          }
          next.computeIfPresent(name, (same, now) -> now == known ? now.reached() : now);
          return true;
        });
  }

  /**
   * The state to use after an answer. The state in an answer older than what was pushed is
   * discarded; its lease is used with the newer state.
   *
   * @param known the state that {@code known_etag} was taken from; null if the request had none
   */
  public CachedDatastore fill(LookupResponse answer, @Nullable CachedDatastore known) {
    Datastore told = answer.getDatastore();
    if (!told.hasSettings() && known != null) {
      told =
          told.toBuilder()
              .setSettings(known.datastore().getSettings())
              .setBasePath(known.datastore().getBasePath())
              .build();
    }
    View view = cache.view();
    CachedDatastore present = view.find(told.getName());
    if (present != null && RevisionOrder.reaches(view.revisionOf(present), answer.getRevision())) {
      return present;
    }
    var fill = new CachedDatastore(told, read(told), write(told), answer.getRevision());
    boolean newer =
        view.revision()
            .filter(at -> RevisionOrder.sameHistory(at, answer.getRevision()))
            .filter(at -> isOlder(at, answer.getRevision()))
            .isPresent();
    if (newer && selection.covers(told.getName())) {
      HashMap<String, CachedDatastore> next = view.copy();
      next.put(told.getName(), fill);
      filled.add(told.getName());
      cache.negatives().forget(Set.of(told.getName()));
      cache.show(new View(next, view.revision().orElse(null)));
      settle(Set.of(told.getName()));
    }
    return fill;
  }

  private CachedDatastore told(Datastore datastore) {
    return new CachedDatastore(datastore, read(datastore), write(datastore), null);
  }

  private LeaseSlot read(Datastore datastore) {
    return book.slot(datastore.getName(), Operation.READ);
  }

  private LeaseSlot write(Datastore datastore) {
    return book.slot(datastore.getName(), Operation.WRITE);
  }

  private void show(View next) {
    cache.show(next);
  }

  /**
   * Releases the leases that conflict with a mode, now if they are idle and otherwise with their
   * last handle. Called after the view was published: a lookup that counts later sees the mode, and
   * one that counted earlier is seen here.
   */
  private void settle(Set<String> names) {
    View view = cache.view();
    for (String name : names) {
      CachedDatastore now = view.find(name);
      settle(now, book.slot(name, Operation.READ));
      settle(now, book.slot(name, Operation.WRITE));
    }
  }

  private static void settle(@Nullable CachedDatastore now, LeaseSlot slot) {
    SharedLease lease = slot.lease();
    if (lease == null) {
      return;
    }
    if (now == null || now.refuses(slot.operation())) {
      lease.unwant();
    } else {
      lease.wantAgain();
    }
  }
}
