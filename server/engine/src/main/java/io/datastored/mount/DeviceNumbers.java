package io.datastored.mount;

import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * Device numbers are the operating system's numbers of the devices behind paths. Thread-safe.
 *
 * <p>This is the seam between the mount check and the file system: two attribute reads.
 */
public interface DeviceNumbers {

  /** The number of the device that contains {@code path}; empty if there is no such path. */
  OptionalLong deviceOf(Path path);

  /** The number of the block device {@code node}; empty if it is not a block device. */
  OptionalLong blockDevice(Path node);

  /** The device numbers read from the operating system. */
  static DeviceNumbers ofSystem() {
    return new UnixDeviceNumbers();
  }
}
