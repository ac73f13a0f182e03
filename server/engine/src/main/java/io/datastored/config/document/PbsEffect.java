package io.datastored.config.document;

/**
 * A PBS effect is the reaction of Proxmox Backup Server 4.2 to a file with content that it does not
 * accept. Immutable. The worst is first.
 */
public enum PbsEffect {
  /** It cannot read the file: no datastore can be looked up there. */
  FILE_REFUSED("would refuse the whole file"),
  /** It can use every other datastore, but neither list nor create any. */
  LIST_FAILS("could not use this datastore, nor list or create any"),
  /** It can use every other datastore. */
  DATASTORE_UNUSABLE("could not use this datastore"),
  /** It treats the datastore as in service. */
  MODE_IGNORED("would read no maintenance mode here"),
  /** It reads the file, but refuses to save any change to it. */
  NOT_SAVED("could read this file but save no change of it"),
  /** It accepts the value; noted because the value is not displayed unaltered. */
  NONE("accepts this");

  private final String consequence;

  PbsEffect(String consequence) {
    this.consequence = consequence;
  }

  /** The effect, as the end of a sentence that starts with the server. */
  public String consequence() {
    return consequence;
  }
}
