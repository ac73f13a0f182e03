package io.datastored.history;

import io.datastored.config.Fingerprint;
import java.util.Optional;

/**
 * An accepted datastore is the record of one datastore in the state file. Immutable.
 *
 * @param generation the generation of its last change
 * @param fingerprint of the content that is served
 * @param mode the record of its maintenance mode
 * @param mounted for a removable datastore, whether its device was present at a server's last check
 * @param lastGood the text of the section that is served instead of a faulty one in the file
 */
public record AcceptedDatastore(
    Generation generation,
    Fingerprint fingerprint,
    ModeRecord mode,
    Optional<Boolean> mounted,
    Optional<String> lastGood) {

  AcceptedDatastore at(Generation later) {
    return new AcceptedDatastore(later, fingerprint, mode, mounted, lastGood);
  }
}
