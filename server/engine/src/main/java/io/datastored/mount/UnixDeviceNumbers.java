package io.datastored.mount;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;

/** Unix device numbers are device numbers read with {@code stat}, one call each. Thread-safe. */
final class UnixDeviceNumbers implements DeviceNumbers {

  private static final int FORMAT_MASK = 0170000;
  private static final int BLOCK_DEVICE = 0060000;

  @Override
  public OptionalLong deviceOf(Path path) {
    try {
      return OptionalLong.of((long) Files.getAttribute(path, "unix:dev"));
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  @Override
  public OptionalLong blockDevice(Path node) {
    try {
      Map<String, Object> attributes = Files.readAttributes(node, "unix:mode,rdev");
      return attributes.get("mode") instanceof Integer mode
              && (mode & FORMAT_MASK) == BLOCK_DEVICE
              && attributes.get("rdev") instanceof Long device
          ? OptionalLong.of(device)
          : OptionalLong.empty();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }
}
