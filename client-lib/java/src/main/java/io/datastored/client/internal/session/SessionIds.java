package io.datastored.client.internal.session;

import io.datastored.client.internal.cache.SessionEpoch;
import java.util.function.Supplier;

/**
 * Session ids are the id that a client asks for, the same at each server, and the one that the
 * present server has made of it. Confined to the loop.
 */
final class SessionIds {

  private final Supplier<String> source;
  private String asked = "";
  private String present = "";

  /** The number of the last opening that does not belong to the present session. */
  private int lastOfBefore;

  SessionIds(Supplier<String> source) {
    this.source = source;
  }

  /** Begins another session, after this opening. */
  void begin(SessionEpoch last) {
    asked = source.get();
    present = asked;
    lastOfBefore = last.number();
  }

  /** Records what a server has made of the id asked for. */
  void given(SessionEpoch opening) {
    present = opening.sessionId();
  }

  /**
   * Whether an opening belongs to the present session. Not judged by its id: the same session has
   * another one at each server, and leases would be given up that can be continued.
   */
  boolean areOf(SessionEpoch opening) {
    return opening.number() > lastOfBefore;
  }

  String asked() {
    return asked;
  }

  String present() {
    return present;
  }
}
