package io.datastored.mount;

import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * Device numbers are what the operating system says of the device behind a path. Thread-safe.
 *
 * <p>The seam between the mount check and the file system: two attribute reads, no more.
 */
public interface DeviceNumbers {

  /** The number of the device on which {@code path} lies; empty when there is no such path. */
  OptionalLong deviceOf(Path path);

  /** The number of the block device that {@code node} is; empty when it is not a block device. */
  OptionalLong blockDevice(Path node);

  /** Those of the operating system. */
  static DeviceNumbers ofSystem() {
    return new UnixDeviceNumbers();
  }
}
