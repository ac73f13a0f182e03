package io.datastored.engine.snapshot;

/**
 * An etag changes whenever the settings or the maintenance of its datastore change. Immutable;
 * opaque to callers.
 */
public record Etag(String value) {

  @Override
  public String toString() {
    return value;
  }
}
