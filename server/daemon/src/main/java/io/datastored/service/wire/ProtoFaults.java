package io.datastored.service.wire;

import io.datastored.engine.health.Trouble;
import io.datastored.engine.snapshot.DatastoreFault;
import io.datastored.engine.snapshot.DatastoreFault.Serving;
import io.datastored.v1.ConfigFault;

/** Faults of the configuration file as the contract carries them. Stateless. */
public final class ProtoFaults {
  private ProtoFaults() {}

  public static ConfigFault of(DatastoreFault fault) {
    return ConfigFault.newBuilder()
        .setLine(fault.where().line())
        .setColumn(fault.where().column())
        .setProperty(fault.where().property())
        .setMessage(fault.where().message())
        .setLastGoodServed(fault.serving() == Serving.LAST_GOOD)
        .setSince(ProtoTimes.timestamp(fault.since()))
        .build();
  }

  /** A file that cannot be followed has no line to blame; what it said last is served. */
  public static ConfigFault of(Trouble trouble) {
    return ConfigFault.newBuilder()
        .setMessage(trouble.message())
        .setLastGoodServed(true)
        .setSince(ProtoTimes.timestamp(trouble.since()))
        .build();
  }
}
