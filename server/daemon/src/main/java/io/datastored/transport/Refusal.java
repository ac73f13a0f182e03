package io.datastored.transport;

/** A refusal is the reason why a connection is refused or closed. Immutable. */
enum Refusal {
  TOO_MANY_CONNECTIONS("refused a connection: there are as many as --max-connections allows"),
  TOO_MANY_OF_ONE_ADDRESS(
      "refused a connection: its address has as many as --max-connections-per-address allows"),
  NO_HANDSHAKE("closed a connection that did not finish its handshake within --handshake-timeout"),
  TOO_MANY_CONTROL_FRAMES("closed a connection that floods the server with control frames"),
  TOO_MANY_RESETS("closed a connection that goes on resetting calls faster than --max-resets");

  private final String sentence;

  Refusal(String sentence) {
    this.sentence = sentence;
  }

  String sentence() {
    return sentence;
  }
}
