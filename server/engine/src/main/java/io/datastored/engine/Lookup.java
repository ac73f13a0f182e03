package io.datastored.engine;

/**
 * A lookup is the answer to "may I do this with that datastore now?": a {@link Handle}, or {@link
 * Refused}.
 *
 * <pre>{@code
 * try (Handle handle = engine.lookup(name, Operation.WRITE).handle()) { … }
 *
 * if (engine.lookup(name, Operation.WRITE) instanceof Refused refused) {
 *   … refused.reason() …
 * }
 * }</pre>
 */
public sealed interface Lookup permits Handle, Refused {

  /**
   * The permission.
   *
   * @throws RefusedException when the operation was refused
   */
  Handle handle();
}
