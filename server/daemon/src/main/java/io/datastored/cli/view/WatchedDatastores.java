package io.datastored.cli.view;

import static java.util.stream.Collectors.joining;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.TextFormat;
import io.datastored.v1.Datastore;
import io.datastored.v1.DatastoreSettings;
import io.datastored.v1.Revision;
import io.datastored.v1.WatchChange;
import io.datastored.v1.WatchGenerationResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Watched datastores are what a watch knows so far, used to determine what a frame changes.
 * Confined to the watch's thread.
 */
public final class WatchedDatastores {

  /** The change of one datastore, in words. */
  public record News(String datastore, String what) {}

  private final NavigableMap<String, Datastore> known = new TreeMap<>();

  int size() {
    return known.size();
  }

  /**
   * The change of one datastore to what is known of it now, as a frame of its own at a revision.
   */
  public WatchGenerationResponse frame(String name, Revision revision) {
    var change = WatchChange.newBuilder();
    Datastore present = known.get(name);
    if (present == null) {
      change.addRemoved(name);
    } else {
      change.addChanged(present);
    }
    return WatchGenerationResponse.newBuilder().setRevision(revision).setChange(change).build();
  }

  /** Applies a whole frame; returns the news of each datastore that it touches, by name. */
  public ImmutableList<News> apply(WatchGenerationResponse frame) {
    var news = ImmutableList.<News>builder();
    switch (frame.getFrameCase()) {
      case SNAPSHOT -> {
        var gone = new TreeSet<>(known.keySet());
        for (Datastore datastore : frame.getSnapshot().getDatastoresList()) {
          gone.remove(datastore.getName());
          put(datastore, news);
        }
        gone.forEach(name -> remove(name, news));
      }
      case CHANGE -> {
        frame.getChange().getChangedList().forEach(datastore -> put(datastore, news));
        frame.getChange().getRemovedList().forEach(name -> remove(name, news));
      }
      case BOOKMARK ->
          frame.getBookmark().getRemovableList().forEach(present -> putMountState(present, news));
      case FRAME_NOT_SET -> throw new IllegalArgumentException("a frame without content");
    }
    return news.build();
  }

  private void put(Datastore now, ImmutableList.Builder<News> news) {
    Datastore before = known.put(now.getName(), now);
    if (before == null) {
      news.add(new News(now.getName(), "is there: " + describe(now)));
      return;
    }
    List<String> differences = differences(before, now);
    if (!differences.isEmpty()) {
      news.add(new News(now.getName(), String.join(", ", differences)));
    }
  }

  private void remove(String name, ImmutableList.Builder<News> news) {
    if (known.remove(name) != null) {
      news.add(new News(name, "is removed"));
    }
  }

  /** A bookmark carries no settings: the known ones stay. */
  private void putMountState(Datastore present, ImmutableList.Builder<News> news) {
    Datastore before = known.get(present.getName());
    if (before != null) {
      put(before.toBuilder().setMountState(present.getMountState()).build(), news);
    }
  }

  private static String describe(Datastore datastore) {
    var text = new StringBuilder("mode ").append(Labels.of(datastore.getMaintenance()));
    text.append(", ").append(Labels.of(datastore.getMountState()));
    if (datastore.hasSettings()) {
      text.append(", ").append(printed(datastore.getSettings()));
    }
    return text.toString();
  }

  private static List<String> differences(Datastore before, Datastore now) {
    List<String> found = new ArrayList<>();
    String modeBefore = Labels.of(before.getMaintenance());
    String mode = Labels.of(now.getMaintenance());
    if (!mode.equals(modeBefore)) {
      found.add("mode " + modeBefore + " -> " + mode);
    }
    if (now.getMountState() != before.getMountState()) {
      found.add(Labels.of(before.getMountState()) + " -> " + Labels.of(now.getMountState()));
    }
    if (before.hasSettings() && now.hasSettings()) {
      found.addAll(settings(before.getSettings(), now.getSettings()));
    }
    if (found.isEmpty() && !now.getEtag().equals(before.getEtag())) {
      found.add("settings changed");
    }
    return found;
  }

  private static List<String> settings(DatastoreSettings before, DatastoreSettings now) {
    List<String> found = new ArrayList<>();
    for (FieldDescriptor field : DatastoreSettings.getDescriptor().getFields()) {
      String old = value(before, field);
      String present = value(now, field);
      if (!old.equals(present)) {
        found.add(property(field) + " " + old + " -> " + present);
      }
    }
    return found;
  }

  private static String value(DatastoreSettings settings, FieldDescriptor field) {
    boolean there =
        field.isRepeated() ? settings.getRepeatedFieldCount(field) > 0 : settings.hasField(field);
    if (!there) {
      return "unset";
    }
    String printed =
        TextFormat.printer()
            .emittingSingleLine(true)
            .printFieldToString(field, settings.getField(field))
            .strip();
    return printed.replaceFirst("^" + field.getName() + ":? ", "");
  }

  /** The property, spelled as in the file. */
  private static String property(FieldDescriptor field) {
    return field.getName().replace('_', '-');
  }

  /** The settings, spelled as in the file, as far as they fit on a line. */
  private static String printed(DatastoreSettings settings) {
    return settings.getAllFields().keySet().stream()
        .map(field -> property(field) + " " + value(settings, field))
        .collect(joining(", "));
  }
}
