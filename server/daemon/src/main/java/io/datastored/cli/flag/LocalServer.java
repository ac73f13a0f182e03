package io.datastored.cli.flag;

import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.ExitStatus;
import io.datastored.cli.view.Labels;
import io.datastored.cli.view.ServerAddress;
import io.datastored.daemon.SocketPlace;
import io.datastored.daemon.SocketPlaces;
import io.datastored.transport.EventLoops;
import java.io.IOException;
import java.util.Optional;

/**
 * A local server is the server of this host that a command calls if no other is given: the first in
 * the socket places that answers and can be trusted. Stateless. TCP is never tried: when no server
 * runs, any user can listen on its port.
 */
final class LocalServer {

  private LocalServer() {}

  /**
   * Its address.
   *
   * @throws CommandFailed if there is none
   */
  static ServerAddress address() {
    try {
      if (EventLoops.unixSocketsWork()) {
        return address(SocketPlaces.ofSystem());
      }
      throw new IOException(EventLoops.NO_UNIX_SOCKETS);
    } catch (IOException e) {
      throw new CommandFailed(
          ExitStatus.UNREACHABLE,
          "The server on this host cannot be found (%s): give its address, --server HOST:PORT."
              .formatted(e.getMessage()),
          e);
    }
  }

  /**
   * Its address in one of these places.
   *
   * @throws CommandFailed with what was tried, and why each was not taken
   */
  static ServerAddress address(SocketPlaces places) {
    var tried = new StringBuilder("No server can be called on this host. Tried:");
    for (SocketPlace place : places.inOrder()) {
      Optional<String> obstacle = place.obstacle();
      if (obstacle.isEmpty()) {
        return ServerAddress.parse("unix:" + place.socket());
      }
      tried
          .append("\n  unix:")
          .append(place.socket())
          .append(": ")
          .append(Labels.withoutNativeCall(obstacle.get()));
    }
    tried.append(
        "\nStart one with 'datastored serve --config FILE', or give the address of a server that"
            + " runs: --server HOST:PORT or --server unix:/PATH.");
    throw new CommandFailed(ExitStatus.UNREACHABLE, tried.toString());
  }
}
