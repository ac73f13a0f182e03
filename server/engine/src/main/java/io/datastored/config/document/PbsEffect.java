package io.datastored.config.document;

/**
 * A PBS effect is what Proxmox Backup Server 4.2 makes of a file with something in it that it does
 * not accept. Immutable. The worst comes first.
 */
public enum PbsEffect {
  /** It cannot read the file: no datastore can be looked up there. */
  FILE_REFUSED("would refuse the whole file"),
  /** It can use every other datastore, but neither list nor create any. */
  LIST_FAILS("could not use this datastore, nor list or create any"),
  /** It can use every other datastore. */
  DATASTORE_UNUSABLE("could not use this datastore"),
  /** It takes the datastore to be in service. */
  MODE_IGNORED("would read no maintenance mode here"),
  /** It reads the file, and refuses to save any change of it. */
  NOT_SAVED("could read this file but save no change of it"),
  /** It takes it as it is; noted because people do not see it as it is. */
  NONE("accepts this");

  private final String consequence;

  PbsEffect(String consequence) {
    this.consequence = consequence;
  }

  /** Returns what happens, as the end of a sentence that starts with the server. */
  public String consequence() {
    return consequence;
  }
}
