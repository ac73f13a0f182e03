package io.datastored.transport;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * Descriptors are the number of files and connections that this process may have open. Stateless.
 */
public final class Descriptors {
  private Descriptors() {}

  /** The system's limit; very large if there is none. */
  public static long most() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? unix.getMaxFileDescriptorCount()
        : Long.MAX_VALUE;
  }
}
