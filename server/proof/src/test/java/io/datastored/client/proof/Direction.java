package io.datastored.client.proof;

import java.util.List;

/** A direction is one of the two in which bytes go through a connection. Immutable. */
enum Direction {
  TO_SERVER,
  TO_CLIENT;

  static final List<Direction> BOTH = List.of(TO_SERVER, TO_CLIENT);
}
