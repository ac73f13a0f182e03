package io.datastored.service.wire;

import io.datastored.engine.health.Trouble;
import io.datastored.engine.health.TroubleCause;

/** Proto troubles convert troubles to the contract. Stateless. */
public final class ProtoTroubles {
  private ProtoTroubles() {}

  public static io.datastored.v1.Trouble of(Trouble trouble) {
    return io.datastored.v1.Trouble.newBuilder()
        .setCause(of(trouble.cause()))
        .setMessage(trouble.message())
        .setSince(ProtoTimes.timestamp(trouble.since()))
        .build();
  }

  private static io.datastored.v1.TroubleCause of(TroubleCause cause) {
    return switch (cause) {
      case CONFIGURATION -> io.datastored.v1.TroubleCause.TROUBLE_CAUSE_CONFIGURATION;
      case STATE -> io.datastored.v1.TroubleCause.TROUBLE_CAUSE_STATE;
      case RUN_DIRECTORY -> io.datastored.v1.TroubleCause.TROUBLE_CAUSE_RUN_DIRECTORY;
      case MOUNTS -> io.datastored.v1.TroubleCause.TROUBLE_CAUSE_MOUNTS;
      case BASE_PATH -> io.datastored.v1.TroubleCause.TROUBLE_CAUSE_BASE_PATH;
      case TASK -> io.datastored.v1.TroubleCause.TROUBLE_CAUSE_TASK;
      case CERTIFICATE -> io.datastored.v1.TroubleCause.TROUBLE_CAUSE_CERTIFICATE;
      case EDIT_DETECTION -> io.datastored.v1.TroubleCause.TROUBLE_CAUSE_EDIT_DETECTION;
      case HISTORY -> io.datastored.v1.TroubleCause.TROUBLE_CAUSE_HISTORY;
      case SECOND_SERVER -> io.datastored.v1.TroubleCause.TROUBLE_CAUSE_SECOND_SERVER;
      case NEIGHBOUR -> io.datastored.v1.TroubleCause.TROUBLE_CAUSE_NEIGHBOUR;
      case LEASES -> io.datastored.v1.TroubleCause.TROUBLE_CAUSE_LEASES;
      case AUDIT -> io.datastored.v1.TroubleCause.TROUBLE_CAUSE_AUDIT;
      case ACCESS -> io.datastored.v1.TroubleCause.TROUBLE_CAUSE_ACCESS;
    };
  }
}
