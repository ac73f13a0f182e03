package io.datastored.cli.flag;

import io.datastored.v1.DatastoreView;
import java.util.Locale;

/** A watched view is how much of each datastore a watch asks for. Immutable. */
public enum WatchedView {
  BASIC,
  FULL;

  public DatastoreView wire() {
    return DatastoreView.valueOf("DATASTORE_VIEW_" + name());
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
