package io.datastored.history;

import io.datastored.config.Fingerprint;
import io.datastored.config.MaintenanceSetting;
import java.time.Instant;
import java.util.Optional;

/**
 * A proposed datastore is the input to the next accepted datastore: what the configuration says
 * now, and what only the caller of an API knows. Immutable.
 *
 * @param fingerprint of the content to be served, mode included
 * @param setting the mode and message to be served
 * @param expectedEnd as given with the mode; ignored in mode NONE
 * @param setBy who sets the mode, if a caller does
 * @param mounted for a removable datastore, whether its device is present, if known
 * @param lastGood the text that is served instead of the section in the file
 */
public record ProposedDatastore(
    Fingerprint fingerprint,
    MaintenanceSetting setting,
    Optional<Instant> expectedEnd,
    Optional<String> setBy,
    Optional<Boolean> mounted,
    Optional<String> lastGood) {}
