package io.datastored.cli.command;

import static java.util.stream.Collectors.joining;

import com.google.common.net.HostAndPort;
import com.google.common.net.InetAddresses;
import io.datastored.cli.view.VisibleText;
import io.datastored.daemon.Daemon;
import io.datastored.daemon.DaemonOptions;
import io.datastored.engine.snapshot.DatastoreFault;
import io.datastored.engine.snapshot.Snapshot;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Files;

/**
 * A ready line is the output of a server when it is ready: one line, and one for each fault of the
 * file. Immutable.
 */
public record ReadyLine(DaemonOptions options, Daemon daemon) {

  void printTo(PrintWriter out) {
    String source = options.source();
    Snapshot snapshot = daemon.snapshot();
    if (options.configFile().filter(Files::notExists).isPresent()) {
      out.println(source + ": there is no such file yet, so there are no datastores");
    }
    snapshot.fileFaults().forEach(fault -> out.println(warning(source, fault)));
    snapshot
        .sectionFaults()
        .forEach(
            (name, fault) ->
                out.println(warning(source, fault) + " (" + served(name.value(), fault) + ")"));
    int count = snapshot.byName().size();
    out.printf(
        "datastored %s serves %d datastore%s of %s on %s, revision %s%n",
        options.version(),
        count,
        count == 1 ? "" : "s",
        source,
        daemon.addresses().stream().map(ReadyLine::print).collect(joining(", ")),
        snapshot.revision());
    out.flush();
  }

  private static String warning(String source, DatastoreFault fault) {
    return VisibleText.of(source + ": " + fault.where());
  }

  private static String served(String name, DatastoreFault fault) {
    return switch (fault.serving()) {
      case LAST_GOOD -> "the last good version of " + name + " is served";
      case CLOSED -> name + " is closed to READ and WRITE";
      case NOTHING -> name + " is not served";
    };
  }

  public static String print(SocketAddress address) {
    if (address instanceof InetSocketAddress tcp) {
      return HostAndPort.fromParts(InetAddresses.toAddrString(tcp.getAddress()), tcp.getPort())
          .toString();
    }
    return address instanceof DomainSocketAddress socket
        ? "unix:" + socket.path()
        : address.toString();
  }
}
