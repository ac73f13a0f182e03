package io.datastored.etcd.history;

import io.datastored.config.DatastoreName;
import io.datastored.config.NameMap;
import io.datastored.config.document.ConfigSlices;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * An edit part is what one commit takes of an edit by hand of many keys: the oldest ones.
 * Stateless.
 *
 * <p>Such an edit was more than one write already, because a transaction of etcd takes no more than
 * a commit does. So each part is a generation of its own.
 */
final class EditPart {

  /** A removed section is two writes, and a commit has a few of its own. */
  static final int MOST = 60;

  /** What a section has besides its text, about. */
  private static final int LINES = 500;

  private EditPart() {}

  /** The view as if only a part had been edited; empty if one commit takes all of it. */
  static Optional<View> of(View view) {
    Map<DatastoreName, Slot<StoredSection>> edited =
        view.sections().entrySet().stream()
            .filter(each -> changesText(each.getValue()))
            .sorted(
                Comparator.comparing(
                        (Map.Entry<DatastoreName, Slot<StoredSection>> each) ->
                            leavesNoTrace(each.getValue()))
                    .thenComparingLong(each -> each.getValue().modified()))
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a, LinkedHashMap::new));
    Set<DatastoreName> part = oldest(edited);
    while (part.size() < edited.size()) {
      View next = with(view, edited, part);
      if (!addTouched(next, edited, part)) {
        // A part that changes nothing would never be committed.
        return Optional.of(next)
            .filter(some -> !some.content().digest().equals(view.state().digest()));
      }
    }
    return Optional.empty();
  }

  /**
   * Whether the commit writes nothing about it: then only a commit of everything, the last one,
   * tells others that it was accepted.
   */
  private static boolean leavesNoTrace(Slot<StoredSection> slot) {
    StoredSection accepted = slot.accepted();
    return slot.present() == null && accepted != null && accepted.accepted().isEmpty();
  }

  private static boolean changesText(Slot<StoredSection> slot) {
    StoredSection accepted = slot.accepted();
    StoredSection present = slot.present();
    return !slot.isClean()
        && (accepted == null
            || present == null
            || !accepted.rank().equals(present.rank())
            || !Arrays.equals(accepted.text(), present.text()));
  }

  private static Set<DatastoreName> oldest(Map<DatastoreName, Slot<StoredSection>> edited) {
    Set<DatastoreName> part = new HashSet<>();
    long bytes = 0;
    for (Map.Entry<DatastoreName, Slot<StoredSection>> each : edited.entrySet()) {
      bytes += size(each.getValue());
      if (part.size() == MOST || (bytes > CommitPlan.MOST_BYTES && !part.isEmpty())) {
        return part;
      }
      part.add(each.getKey());
    }
    return part;
  }

  /** Of a section that is faulty from now on, the accepted text is kept too, in base64. */
  private static long size(Slot<StoredSection> slot) {
    StoredSection accepted = slot.accepted();
    StoredSection present = slot.present();
    return LINES
        + (accepted == null ? 0 : accepted.text().length * 3L / 2)
        + (present == null ? 0 : present.text().length);
  }

  private static View with(
      View view, Map<DatastoreName, Slot<StoredSection>> edited, Set<DatastoreName> part) {
    View.Builder next = view.next();
    edited.forEach(
        (name, slot) -> {
          if (!part.contains(name)) {
            next.put(name, new Slot<>(slot.accepted(), slot.accepted(), slot.modified()));
          }
        });
    return next.build();
  }

  /** A section that the part changes together with another one, such as with a header of it. */
  private static boolean addTouched(
      View next, Map<DatastoreName, Slot<StoredSection>> edited, Set<DatastoreName> part) {
    NameMap<byte[]> slices = ConfigSlices.of(next.content().bytes()).sections();
    boolean added = false;
    for (Map.Entry<DatastoreName, Slot<StoredSection>> each : edited.entrySet()) {
      StoredSection accepted = each.getValue().accepted();
      byte[] kept = accepted == null || accepted.text().length == 0 ? null : accepted.text();
      if (!part.contains(each.getKey()) && !Arrays.equals(slices.get(each.getKey()), kept)) {
        added |= part.add(each.getKey());
      }
    }
    return added;
  }
}
