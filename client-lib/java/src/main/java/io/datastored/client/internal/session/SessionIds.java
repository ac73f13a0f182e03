package io.datastored.client.internal.session;

import io.datastored.client.internal.cache.SessionEpoch;
import java.util.function.Supplier;

/**
 * Session ids are the id that a client asks for at each server, and the one that the present server
 * has made of it. Confined to the loop.
 *
 * <p>A server makes the same id of the same one asked for. So an id is not asked for any more once
 * the end of a session of it was sent, except where one is open: server A hangs | the client goes
 * on at B and sends CloseSession to A | B fails, and the client opens its session at A again | A
 * goes on and handles the CloseSession, which ends what the client has just opened: its leases are
 * not counted while it holds them.
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

  /** Asks for another id from now on, at each server where no session is open. */
  void askAnew() {
    asked = source.get();
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
