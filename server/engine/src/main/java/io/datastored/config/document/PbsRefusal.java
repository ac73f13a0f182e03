package io.datastored.config.document;

/**
 * A PBS refusal is why Proxmox Backup Server 4.2 does not accept a value. Immutable.
 *
 * @param key the inner key concerned; empty when the value as a whole is
 * @param offset characters from the start of the value
 * @param reason the end of a sentence that starts with the property
 * @param effect what it does then
 */
record PbsRefusal(String key, int offset, String reason, PbsEffect effect) {

  static PbsRefusal of(String reason, PbsEffect effect) {
    return new PbsRefusal("", 0, reason, effect);
  }

  /** Returns the same as the refusal of a value that has it under an inner key. */
  PbsRefusal in(String innerKey, int start) {
    return new PbsRefusal(innerKey, start + offset, reason, effect);
  }
}
