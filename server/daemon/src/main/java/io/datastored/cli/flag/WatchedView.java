package io.datastored.cli.flag;

import io.datastored.v1.DatastoreView;
import java.util.Locale;

/** A watched view is how much of each datastore a watch asks for. Immutable. */
public enum WatchedView {
  BASIC(DatastoreView.DATASTORE_VIEW_BASIC),
  FULL(DatastoreView.DATASTORE_VIEW_FULL);

  private final DatastoreView wire;

  WatchedView(DatastoreView wire) {
    this.wire = wire;
  }

  public DatastoreView wire() {
    return wire;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
