package io.datastored.bench.lookup;

import io.datastored.config.DatastoreName;
import io.datastored.engine.Engine;
import io.datastored.engine.EngineStartException;
import java.io.IOException;
import java.nio.file.Path;

/** A hot path site is an engine with its own configuration. Thread-safe. */
public final class HotPathSite implements AutoCloseable {

  private final LookupSite site;
  private final Engine engine;

  private HotPathSite(LookupSite site, Engine engine) {
    this.site = site;
    this.engine = engine;
  }

  /** Opens an engine with this number of datastores. */
  public static HotPathSite open(int datastores) throws IOException, EngineStartException {
    LookupSite site = LookupSite.create(Path.of(System.getProperty("java.io.tmpdir")), datastores);
    return new HotPathSite(site, Engine.open(site.engineOptions()));
  }

  /** The engine. */
  public Engine engine() {
    return engine;
  }

  /** The name of a datastore, counted from 0. */
  public DatastoreName name(int i) {
    // A new object: callers never have the same name object as the engine.
    return DatastoreName.of(new String(site.names().get(i).value()));
  }

  @Override
  public void close() throws IOException {
    engine.close();
    site.close();
  }
}
