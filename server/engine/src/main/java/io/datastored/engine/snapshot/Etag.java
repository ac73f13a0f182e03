package io.datastored.engine.snapshot;

/**
 * An etag is an opaque value that changes whenever the settings or the maintenance of its datastore
 * change. Immutable.
 */
public record Etag(String value) {

  @Override
  public String toString() {
    return value;
  }
}
