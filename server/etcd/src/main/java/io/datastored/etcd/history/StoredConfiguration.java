package io.datastored.etcd.history;

import io.datastored.file.StoreException;
import io.datastored.history.AcceptedState;
import io.datastored.history.ConfigContent;

/**
 * A stored configuration is what a history has in etcd at one moment, edits by hand included that
 * no server has committed yet. Immutable.
 *
 * @param state what was committed
 * @param content the bytes that were imported, or were written since
 */
public record StoredConfiguration(AcceptedState state, ConfigContent content) {

  private static final int PAGE = 5_000;

  /**
   * Reads it.
   *
   * @throws StoreException with a sentence for the operator, also when there is no history; with
   *     reason CONTENT_LOST when its configuration was deleted by hand
   */
  public static StoredConfiguration read(KeyValues etcd, Keys keys) throws StoreException {
    View view = new ViewLoader(etcd, keys, PAGE).load(null, ViewLoader::absent);
    if (!view.content().exists()) {
      throw new StoreException(
          StoreException.Reason.CONTENT_LOST,
          "the configuration at %s is missing: all keys below %s were deleted"
              .formatted(keys, keys.datastores()));
    }
    return new StoredConfiguration(view.state(), view.content());
  }
}
