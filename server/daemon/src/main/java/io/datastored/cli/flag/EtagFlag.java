package io.datastored.cli.flag;

import picocli.CommandLine.Option;

/** The etag flag makes a write fail if somebody else has changed the datastore. Set by picocli. */
@TypedOnly
public final class EtagFlag {
  @Option(
      names = "--etag",
      paramLabel = "ETAG",
      defaultValue = "",
      description = "Fail unless the datastore still has this etag (see 'datastored get').")
  public String etag;
}
