package io.datastored.service.stream;

import io.datastored.access.Verb;
import io.datastored.config.DatastoreName;
import io.datastored.service.wire.Caller;
import io.datastored.service.wire.Refusals;

/**
 * A drain origin is the caller of a drain, and what it must be allowed for as long as the stream is
 * open. Immutable.
 *
 * @param caller the caller, as identified by its connection
 * @param datastore the datastore that it drains
 * @param needs what it must be allowed with this datastore
 */
public record DrainOrigin(Caller caller, DatastoreName datastore, Verb needs) {

  /** Throws the refusal if the rules do not allow it now. */
  public void require(Refusals refusals) {
    caller.require(needs, datastore, refusals);
  }

  /** Whether it may see now who uses the datastore. */
  boolean seesHolders() {
    return caller.rights().allow(Verb.INSPECT, datastore);
  }
}
