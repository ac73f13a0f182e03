package io.datastored.engine;

import io.datastored.config.DatastoreName;
import io.datastored.operation.Operation;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Another process is one on this host that embeds the engine on the state directory of a server.
 * Confined to one thread of the test.
 */
public final class OtherProcess implements AutoCloseable {
  private final EngineChild child;

  private OtherProcess(EngineChild child) {
    this.child = child;
  }

  /** Starts a process and waits until its engine is open. */
  public static OtherProcess start(Path configFile, Path stateDirectory, Path runDirectory)
      throws IOException {
    return new OtherProcess(EngineChild.start(configFile, stateDirectory, runDirectory));
  }

  /** Begins an operation; answers "held", or why not. */
  public String hold(DatastoreName name, Operation operation) {
    return child.ask("hold " + name + " " + operation);
  }

  /** Ends an operation. */
  public void release(Operation operation) {
    String unused = child.ask("release " + operation);
  }

  public long pid() {
    return child.pid();
  }

  /** As kill -9 does. */
  @Override
  public void close() {
    child.close();
  }
}
