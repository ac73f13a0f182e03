package io.datastored.service.wire;

import io.datastored.engine.health.Trouble;
import io.datastored.engine.snapshot.DatastoreFault;
import io.datastored.engine.snapshot.DatastoreFault.Serving;
import io.datastored.v1.ConfigFault;
import io.datastored.v1.ServerStatus;

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

  /** The fault for people, after its line and column as far as they are known. */
  public static String text(ConfigFault fault) {
    String column = fault.getColumn() == 0 ? "" : ", column " + fault.getColumn();
    String place = fault.getLine() == 0 ? "" : "line %d%s: ".formatted(fault.getLine(), column);
    return place + fault.getMessage();
  }

  /** Whether a trouble of the server says the same; older servers report it only as a fault. */
  public static boolean isTold(ConfigFault fault, ServerStatus status) {
    return status.getTroublesList().stream()
        .anyMatch(trouble -> trouble.getMessage().equals(fault.getMessage()));
  }
}
