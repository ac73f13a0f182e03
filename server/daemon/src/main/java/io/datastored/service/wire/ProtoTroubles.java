package io.datastored.service.wire;

import io.datastored.engine.health.Trouble;

/** Proto troubles convert troubles to the contract. Stateless. */
public final class ProtoTroubles {
  private ProtoTroubles() {}

  public static io.datastored.v1.Trouble of(Trouble trouble) {
    return io.datastored.v1.Trouble.newBuilder()
        .setCause(ProtoWords.TROUBLE_CAUSES.of(trouble.cause()))
        .setMessage(trouble.message())
        .setSince(ProtoTimes.timestamp(trouble.since()))
        .build();
  }
}
