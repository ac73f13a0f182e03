package io.datastored.client.proof;

import java.util.List;

/** An upset is what happens to a near cache in one run. Immutable. */
enum Upset {
  LINK_CUT(Crew.NETWORK),
  CONNECTION_CUT(Crew.NETWORK),
  CUT_TO_SERVER(Crew.NETWORK),
  CUT_TO_CLIENT(Crew.NETWORK),
  CLIENT_STOPPED(Crew.PROCESSES),
  SERVER_STOPPED(Crew.PROCESSES),
  /** Of the client, while the link is cut. */
  CLOCK_AHEAD(Crew.CLOCKS),
  CLOCK_BACK(Crew.CLOCKS),
  /** The same as the whole process sees it, which knows nothing of that. */
  HOST_CLOCK_AHEAD(Crew.HOST_CLOCKS),
  HOST_CLOCK_BACK(Crew.HOST_CLOCKS);

  /** Upsets that are played one after another, on one stage. */
  enum Crew {
    NETWORK,
    PROCESSES,
    CLOCKS,
    HOST_CLOCKS
  }

  private static final int HOUR_SECONDS = 3600;

  final Crew crew;

  Upset(Crew crew) {
    this.crew = crew;
  }

  static List<Upset> of(Crew crew) {
    return List.of(values()).stream().filter(upset -> upset.crew == crew).toList();
  }

  /** By how much the wall clock jumps. */
  int shiftSeconds() {
    return switch (this) {
      case CLOCK_AHEAD, HOST_CLOCK_AHEAD -> HOUR_SECONDS;
      case CLOCK_BACK, HOST_CLOCK_BACK -> -HOUR_SECONDS;
      case LINK_CUT, CONNECTION_CUT, CUT_TO_SERVER, CUT_TO_CLIENT, CLIENT_STOPPED, SERVER_STOPPED ->
          0;
    };
  }
}
