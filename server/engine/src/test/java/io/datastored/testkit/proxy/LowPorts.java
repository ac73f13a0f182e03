package io.datastored.testkit.proxy;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.SplittableRandom;

/**
 * Low ports are below those that the system hands out: a client that connects to a refused one of
 * those can be given the same port for its own end, and then talks to itself. Stateless.
 */
public final class LowPorts {
  private static final int FIRST = 20_000;
  private static final int COUNT = 12_000;
  private static final int TRIES = 100;

  private LowPorts() {}

  /** Binds something to an address. */
  @FunctionalInterface
  public interface Binding<T> {
    /**
     * @throws BindException if the port is taken
     */
    T to(InetSocketAddress address) throws IOException;
  }

  /** Binds something to a free port of this host. */
  public static <T> T bind(Binding<T> binding) throws IOException {
    SplittableRandom random = new SplittableRandom();
    for (int i = 0; i < TRIES; i++) {
      var address =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), FIRST + random.nextInt(COUNT));
      try {
        return binding.to(address);
      } catch (BindException e) {
        // Taken.
      }
    }
    throw new BindException("no free port");
  }
}
