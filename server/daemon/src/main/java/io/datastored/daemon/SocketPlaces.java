package io.datastored.daemon;

import static java.util.stream.Collectors.joining;

import com.google.common.collect.ImmutableList;
import io.datastored.file.ProcessUser;
import io.datastored.file.RuntimeDirectories;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Socket places are where the default Unix socket of a server can be, in order of preference: in a
 * runtime directory, or else in a directory of the user below {@code /tmp}. Immutable. A server
 * takes the first place that it can use, and a command looks in all of them, in the same order.
 *
 * @param runtime the runtime directories of this process
 * @param temporary world-writable, for users without a runtime directory
 * @param uid the user of this process
 */
public record SocketPlaces(RuntimeDirectories runtime, Path temporary, int uid) {
  private static final Logger log = LoggerFactory.getLogger(SocketPlaces.class);

  /**
   * The places of this process.
   *
   * @throws IOException if the system does not report its user
   */
  public static SocketPlaces ofSystem() throws IOException {
    return new SocketPlaces(RuntimeDirectories.ofSystem(), Path.of("/tmp"), ProcessUser.id());
  }

  public ImmutableList<SocketPlace> inOrder() {
    return Stream.concat(
            runtime.inOrder().map(directory -> place(directory, "rwxr-xr-x")),
            Stream.of(
                place(
                    temporary.resolve("datastored-" + Integer.toUnsignedString(uid)), "rwx------")))
        .collect(ImmutableList.toImmutableList());
  }

  private SocketPlace place(Path directory, String mode) {
    return new SocketPlace(directory, PosixFilePermissions.fromString(mode), uid);
  }

  /**
   * The place for a server. Creates its directory if needed.
   *
   * @throws DaemonStartException if there is none
   */
  SocketPlace choose() throws DaemonStartException {
    List<String> passedOver = new ArrayList<>();
    for (SocketPlace place : inOrder()) {
      try {
        place.makeDirectory();
        Optional<String> danger = place.danger();
        if (danger.isEmpty()) {
          return place;
        }
        log.atWarn().log("not using {} for the socket: {}", place.directory(), danger.get());
        passedOver.add(place.directory() + ": " + danger.get());
      } catch (IOException e) {
        log.atDebug().log("not using {} for the socket: {}", place.directory(), e.toString());
        passedOver.add(place.directory() + ": " + SocketPlace.reason(e));
      }
    }
    throw new DaemonStartException(
        DaemonStartException.Kind.ADDRESS,
        passedOver.stream()
            .collect(
                joining(
                    "\n  ",
                    "no directory can be used for the Unix socket of this server:\n  ",
                    "\nSay where to listen: --listen HOST:PORT,unix:/PATH")));
  }
}
