package io.datastored.config.document;

/**
 * A PBS refusal is the reason why Proxmox Backup Server 4.2 does not accept a value. Immutable.
 *
 * @param key the inner key concerned; empty for the value as a whole
 * @param offset characters from the start of the value
 * @param reason the end of a sentence that starts with the property
 * @param effect the reaction of that server
 */
record PbsRefusal(String key, int offset, String reason, PbsEffect effect) {

  static PbsRefusal of(String reason, PbsEffect effect) {
    return new PbsRefusal("", 0, reason, effect);
  }

  /** This refusal as that of an outer value, which has the refused one under an inner key. */
  PbsRefusal in(String innerKey, int start) {
    return new PbsRefusal(innerKey, start + offset, reason, effect);
  }
}
