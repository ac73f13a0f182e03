package io.datastored.engine;

import io.datastored.config.DatastoreName;
import io.datastored.file.StoreException;
import java.nio.file.Path;
import java.util.Map;

/**
 * A leaving hears of base paths that datastores are about to leave: they get another one, or are
 * removed. It is called by the thread that commits, before the change is committed; it may touch
 * the disk and must not use the engine.
 */
@FunctionalInterface
public interface Leaving {

  /** Where nobody needs to know. */
  Leaving UNHEARD = left -> {};

  /**
   * These base paths are left by the next change, if it comes about.
   *
   * @throws StoreException when that cannot be remembered; the change is not made then
   */
  void before(Map<DatastoreName, Path> left) throws StoreException;
}
