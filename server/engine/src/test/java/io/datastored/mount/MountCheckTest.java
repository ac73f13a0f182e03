package io.datastored.mount;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.DatastoreName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MountCheckTest {

  private static final DatastoreName NAME = DatastoreName.of("usb-a");
  private static final String UUID = "0f4c2a6e-1b7d-4c55-9d7e-6a2b3c4d5e6f";
  private static final long SDB1 = 0x811;
  private static final long SDC1 = 0x821;
  private static final long BTRFS = 0x2f;

  /** Fake device numbers are what the test says. Confined to the test's thread. */
  private static final class FakeDevices implements DeviceNumbers {
    final Map<Path, Long> devices = new HashMap<>();
    final Map<Path, Long> nodes = new HashMap<>();
    int reads;

    @Override
    public OptionalLong deviceOf(Path path) {
      return answer(devices, path);
    }

    @Override
    public OptionalLong blockDevice(Path node) {
      return answer(nodes, node);
    }

    private OptionalLong answer(Map<Path, Long> from, Path path) {
      reads++;
      Long number = from.get(path);
      return number == null ? OptionalLong.empty() : OptionalLong.of(number);
    }
  }

  @TempDir Path directory;

  private final FakeDevices devices = new FakeDevices();
  private Path mountPoint;
  private Path node;
  private MountRoots roots;
  private MountCheck check;

  @BeforeEach
  void setUp() {
    roots =
        new MountRoots(
            directory.resolve("mnt dir"),
            directory.resolve("by-uuid"),
            directory.resolve("mountinfo"));
    check = new MountCheck(roots, devices);
    mountPoint = roots.mounts().resolve(NAME.value());
    node = roots.devices().resolve(UUID);
  }

  private void mountInfo(String source) throws IOException {
    String escaped = mountPoint.toString().replace(" ", "\\040");
    Files.writeString(
        roots.mountInfo(),
        "24 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n"
            + "36 24 0:47 / "
            + escaped
            + " rw,relatime shared:7 master:2 - btrfs "
            + source
            + " rw,space_cache\n");
  }

  @Test
  void check_rightDevice_isMountedByTwoReads() {
    devices.nodes.put(node, SDB1);
    devices.devices.put(mountPoint, SDB1);
    assertThat(check.check(NAME, UUID)).isEqualTo(MountState.MOUNTED);
    assertThat(devices.reads).isEqualTo(2);
  }

  @Test
  void check_otherDevice_isNotMounted() throws IOException {
    mountInfo("/dev/sdb1");
    devices.nodes.put(Path.of("/dev/sdb1"), SDB1);
    devices.nodes.put(node, SDB1);
    devices.devices.put(mountPoint, SDC1);
    assertThat(check.check(NAME, UUID)).isEqualTo(MountState.NOT_MOUNTED);
    assertThat(devices.reads).as("the list of mounts is not read").isEqualTo(2);
  }

  @Test
  void check_noNode_isNotMounted() {
    devices.devices.put(mountPoint, SDB1);
    assertThat(check.check(NAME, UUID)).isEqualTo(MountState.NOT_MOUNTED);
  }

  @Test
  void check_noMountPoint_isNotMounted() {
    devices.nodes.put(node, SDB1);
    assertThat(check.check(NAME, UUID)).isEqualTo(MountState.NOT_MOUNTED);
  }

  @Test
  void check_fileSystemWithItsOwnNumber_asksTheListOfMounts() throws IOException {
    devices.nodes.put(node, SDB1);
    devices.nodes.put(Path.of("/dev/sdb1"), SDB1);
    devices.devices.put(mountPoint, BTRFS);
    assertThat(check.check(NAME, UUID)).as("no list").isEqualTo(MountState.NOT_MOUNTED);
    mountInfo("/dev/sdb1");
    assertThat(check.check(NAME, UUID)).isEqualTo(MountState.MOUNTED);
    mountInfo("/dev/sdc1");
    devices.nodes.put(Path.of("/dev/sdc1"), SDC1);
    assertThat(check.check(NAME, UUID)).isEqualTo(MountState.NOT_MOUNTED);
    mountInfo("tmpfs");
    assertThat(check.check(NAME, UUID)).isEqualTo(MountState.NOT_MOUNTED);
  }

  @Test
  void system_regularFile_isNoBlockDevice() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    assertThat(DeviceNumbers.ofSystem().blockDevice(file)).isEmpty();
    assertThat(DeviceNumbers.ofSystem().deviceOf(file)).isPresent();
    assertThat(DeviceNumbers.ofSystem().deviceOf(directory.resolve("absent"))).isEmpty();
  }
}
