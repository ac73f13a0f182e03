package io.datastored.bench.lookup;

import io.datastored.config.DatastoreName;
import io.datastored.engine.Engine;
import io.datastored.engine.EngineStartException;
import java.io.IOException;
import java.nio.file.Path;

/** A hot path site is an engine on a configuration of its own. Thread-safe. */
public final class HotPathSite implements AutoCloseable {

  private final LookupSite site;
  private final Engine engine;

  private HotPathSite(LookupSite site, Engine engine) {
    this.site = site;
    this.engine = engine;
  }

  /** Opens an engine for so many datastores. */
  public static HotPathSite open(int datastores) throws IOException, EngineStartException {
    LookupSite site = LookupSite.create(Path.of(System.getProperty("java.io.tmpdir")), datastores);
    return new HotPathSite(site, Engine.open(site.engineOptions()));
  }

  /** The engine. */
  public Engine engine() {
    return engine;
  }

  /** A name, counted from 0. */
  public DatastoreName name(int i) {
    // Not the object that the engine has: a caller's never is.
    return DatastoreName.of(new String(site.names().get(i).value()));
  }

  @Override
  public void close() throws IOException {
    engine.close();
    site.close();
  }
}
