package io.datastored.engine;

import io.datastored.config.DatastoreName;
import io.datastored.file.StoreException;
import java.nio.file.Path;
import java.util.Map;

/**
 * A leaving is notified of base paths that datastores are about to leave, because they move to
 * another one or are removed. The committing thread calls it before the change is committed. It may
 * touch the disk and must not use the engine.
 */
@FunctionalInterface
public interface Leaving {

  /** For engines whose owner does not need the notification. */
  Leaving UNHEARD = left -> {};

  /**
   * Called before a change by which these base paths are left; the change may still fail.
   *
   * @throws StoreException when that cannot be recorded; the change is then not made
   */
  void before(Map<DatastoreName, Path> left) throws StoreException;
}
