package io.datastored.watch;

import io.datastored.access.Rights;
import io.datastored.access.Verb;
import io.datastored.config.DatastoreName;
import io.datastored.engine.snapshot.Datastore;

/**
 * A scope is what one watcher gets: the datastores that it selects and may see, each of them as far
 * as its view and its rights reach. Immutable. Watchers with equal scopes share frames.
 *
 * <p>Whether a datastore is in scope depends on its name alone, never on whether it exists. So
 * nothing that is computed for a scope distinguishes a hidden datastore from a missing one.
 */
public final class Scope {
  private final Selection selection;
  private final View view;
  private final Rights rights;

  // Computed once: without restrictions, a datastore costs the read of a field and no look at the
  // rights.
  private final boolean all;
  private final boolean settingsOfAll;
  private final boolean holdersOfAll;
  private final boolean permitted;
  private final int hash;

  public Scope(Selection selection, View view, Rights rights) {
    this.selection = selection;
    this.view = view;
    this.rights = rights;
    this.all = rights.allowEverywhere(Verb.SEE);
    this.settingsOfAll = rights.allowEverywhere(Verb.SETTINGS);
    this.holdersOfAll = rights.allowEverywhere(Verb.INSPECT);
    this.permitted = rights.allowSomewhere(view.needs());
    this.hash = 31 * (31 * selection.hashCode() + view.hashCode()) + rights.hashCode();
  }

  /** The same selection and view with other rights. */
  Scope with(Rights others) {
    return new Scope(selection, view, others);
  }

  Selection selection() {
    return selection;
  }

  /** How much of a datastore is wanted. */
  public View view() {
    return view;
  }

  Rights rights() {
    return rights;
  }

  /** Whether the rights allow such a watch at all. */
  public boolean isPermitted() {
    return permitted;
  }

  /** Whether the rights hide some names, whether or not there are such datastores. */
  public boolean isFiltered() {
    return !all;
  }

  /** Whether every datastore is in scope. */
  boolean isEverything() {
    return all && selection.isEverything();
  }

  /** Whether this datastore is in scope. */
  boolean covers(DatastoreName name) {
    return selection.selects(name) && allows(name);
  }

  /** Whether this datastore is in scope if it is selected. */
  boolean allows(DatastoreName name) {
    return all || rights.allow(Verb.SEE, name);
  }

  /** Whether the settings and the base path of a datastore in scope are shown. */
  public boolean showsSettings(DatastoreName name) {
    return view == View.FULL && (settingsOfAll || rights.allow(Verb.SETTINGS, name));
  }

  /** Whether it is shown who uses a datastore in scope, and who set its mode. */
  public boolean showsHolders(DatastoreName name) {
    return holdersOfAll || rights.allow(Verb.INSPECT, name);
  }

  /** Whether a datastore looks the same in another scope. */
  boolean showsAs(Scope other, Datastore datastore) {
    DatastoreName name = datastore.name();
    return covers(name) == other.covers(name)
        && showsSettings(name) == other.showsSettings(name)
        && (datastore.maintenance().setBy().isEmpty()
            || showsHolders(name) == other.showsHolders(name));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Scope that
        && hash == that.hash
        && view == that.view
        && selection.equals(that.selection)
        && rights.equals(that.rights);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return selection + ", " + view + ", " + rights;
  }
}
