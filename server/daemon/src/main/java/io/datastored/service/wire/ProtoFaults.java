package io.datastored.service.wire;

import io.datastored.engine.health.Trouble;
import io.datastored.engine.snapshot.DatastoreFault;
import io.datastored.engine.snapshot.DatastoreFault.Serving;
import io.datastored.v1.ConfigFault;

/** Proto faults convert faults of the configuration file to the contract. Stateless. */
public final class ProtoFaults {
  private ProtoFaults() {}

  /** A fault as shown to a caller that may not read the section. */
  public static ConfigFault withoutSettings(ConfigFault fault) {
    return fault.toBuilder().clearProperty().setMessage("the section has a fault").build();
  }

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

  /** A fault without a line: the file cannot be followed, and its last known content is served. */
  public static ConfigFault of(Trouble trouble) {
    return ConfigFault.newBuilder()
        .setMessage(trouble.message())
        .setLastGoodServed(true)
        .setSince(ProtoTimes.timestamp(trouble.since()))
        .build();
  }
}
