package io.datastored.testkit.proxy;

import java.util.List;

/** A direction is one of the two in which bytes go through a connection. Immutable. */
public enum Direction {
  TO_SERVER,
  TO_CLIENT;

  public static final List<Direction> BOTH = List.of(TO_SERVER, TO_CLIENT);
}
