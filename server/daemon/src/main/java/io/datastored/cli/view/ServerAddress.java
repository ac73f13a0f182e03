package io.datastored.cli.view;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.net.HostAndPort;
import com.google.common.net.InetAddresses;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A server address is where a server listens: {@code host:port}, {@code [::1]:port} or {@code
 * unix:/path}; or, with commas between them, where each of several servers does that share one
 * history. Immutable.
 *
 * @param text the readable form
 * @param targets the gRPC targets; at least one
 * @param reach whether packets to one of them leave this host
 */
public record ServerAddress(String text, ImmutableList<String> targets, Reach reach) {

  /** The default port of a server address. */
  static final int DEFAULT_PORT = 7400;

  /** How far away an address is. */
  public enum Reach {
    THIS_HOST,
    NETWORK
  }

  /**
   * Parses an address.
   *
   * @throws IllegalArgumentException if it, or one of several, is none
   */
  public static ServerAddress parse(String text) {
    List<String> each = Splitter.on(',').splitToList(text);
    if (each.size() == 1) {
      return one(text);
    }
    ImmutableList.Builder<String> targets = ImmutableList.builder();
    Reach reach = Reach.THIS_HOST;
    for (String element : each) {
      ServerAddress server;
      try {
        server = one(element.strip());
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("'" + element + "': " + e.getMessage(), e);
      }
      targets.addAll(server.targets);
      if (server.reach == Reach.NETWORK) {
        reach = Reach.NETWORK;
      }
    }
    return new ServerAddress(text, targets.build(), reach);
  }

  private static ServerAddress one(String text) {
    if (text.startsWith("unix:")) {
      String path = text.substring("unix:".length()).replaceFirst("^///", "/");
      if (!path.startsWith("/")) {
        throw new IllegalArgumentException("the path after 'unix:' must be absolute");
      }
      return new ServerAddress(text, ImmutableList.of("unix://" + path), Reach.THIS_HOST);
    }
    HostAndPort address = HostAndPort.fromString(text).withDefaultPort(DEFAULT_PORT);
    if (address.getHost().isEmpty()) {
      throw new IllegalArgumentException("there is no host in it");
    }
    // A URI allows brackets only in its authority, and here the address is in the path.
    String target = "dns:///" + address.toString().replace("[", "%5B").replace("]", "%5D");
    return new ServerAddress(text, ImmutableList.of(target), reachOf(address.getHost()));
  }

  /**
   * Judged by the text: a name is not resolved, and only {@code localhost} is known to be local.
   */
  private static Reach reachOf(String host) {
    boolean here =
        InetAddresses.isInetAddress(host)
            ? InetAddresses.forString(host).isLoopbackAddress()
            : host.equalsIgnoreCase("localhost");
    return here ? Reach.THIS_HOST : Reach.NETWORK;
  }

  @Override
  public String toString() {
    return text;
  }

  /** Parses the value of an option. Stateless. */
  public static final class Converter implements ITypeConverter<ServerAddress> {
    @Override
    public ServerAddress convert(String text) {
      try {
        return parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(
            "'%s' is not an address such as 127.0.0.1:7400 or unix:/run/datastored.sock (%s)"
                .formatted(text, e.getMessage()));
      }
    }
  }
}
