package io.datastored.service.wire;

import io.datastored.access.Decision;
import io.datastored.access.LimitReached;
import io.datastored.access.Principal;

/** Denials are the record of what callers were refused because of who they are. Never blocks. */
public interface Denials {

  /** A caller may not do something, or may not even see the datastore. */
  void denied(Caller caller, Decision decision);

  /** A principal has its share of a limit, and wanted more. */
  void beyondShare(LimitReached reached, Principal by);
}
