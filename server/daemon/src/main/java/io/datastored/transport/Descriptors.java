package io.datastored.transport;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** Descriptors are how many files and connections this process may have open. Stateless. */
public final class Descriptors {
  private Descriptors() {}

  /** The system's limit; very large where there is none. */
  public static long most() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? unix.getMaxFileDescriptorCount()
        : Long.MAX_VALUE;
  }
}
