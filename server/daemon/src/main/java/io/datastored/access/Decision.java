package io.datastored.access;

import io.datastored.config.DatastoreName;
import java.util.Optional;

/** A decision is the answer to the question whether a caller may do something. Immutable. */
public sealed interface Decision {

  /** It may be done. */
  enum Allowed implements Decision {
    YES
  }

  /**
   * The caller may not know whether such a datastore exists: it must be answered as if it did not.
   *
   * @param name of the datastore
   */
  record Hidden(DatastoreName name) implements Decision {}

  /**
   * It may not be done.
   *
   * @param principal who may not
   * @param verb what
   * @param datastore with which datastore; empty for the server itself
   * @param rule which rule decided, without its text: a rule may name what the caller may not see
   */
  record Denied(Principal principal, Verb verb, Optional<DatastoreName> datastore, String rule)
      implements Decision {}
}
