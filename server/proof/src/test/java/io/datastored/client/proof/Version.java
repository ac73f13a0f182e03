package io.datastored.client.proof;

import io.datastored.v1.Datastore;

/**
 * A version is what a datastore was at some time, as far as the proofs change it. Immutable.
 *
 * @param generation of its last change
 * @param comment what the writer said then
 * @param mode the maintenance mode
 */
record Version(long generation, String comment, String mode) {

  static Version of(Datastore datastore) {
    return new Version(
        datastore.getGeneration(),
        datastore.getSettings().getComment(),
        datastore.getMaintenance().getMode().name().replace("MAINTENANCE_MODE_", ""));
  }
}
