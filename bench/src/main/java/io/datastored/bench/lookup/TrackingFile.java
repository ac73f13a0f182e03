package io.datastored.bench.lookup;

import io.datastored.operation.Operation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A tracking file records which processes use a datastore: a JSON array that each update reads and
 * replaces under a lock. Thread-safe. It does not have the original's bug that lost the entry of a
 * second process, which was also fixed for the benchmarks of the original.
 */
final class TrackingFile {

  private static final Set<PosixFilePermission> MODE = PosixFilePermissions.fromString("rw-rw----");
  private static final AtomicLong temporaries = new AtomicLong();

  private final Path file;
  private final ExclusiveLock lock;

  private final UserPrincipal owner;

  TrackingFile(Path directory, String datastore, UserPrincipal owner) {
    this.file = directory.resolve(datastore);
    this.lock = new ExclusiveLock(directory.resolve(datastore + ".lock"));
    this.owner = owner;
  }

  /**
   * Changes the number of operations that this process has in progress.
   *
   * @return the operations of this process after the change
   */
  @SuppressWarnings("try") // Held, not used.
  ActiveOperations add(Operation operation, int count) throws IOException {
    long reads = operation == Operation.READ ? count : 0;
    long writes = operation == Operation.WRITE ? count : 0;
    try (ExclusiveLock.Held unused = lock.take()) {
      ProcessStat self = ProcessStat.self();
      List<ActiveOperations> kept = new ArrayList<>();
      @Nullable ActiveOperations own = null;
      for (ActiveOperations one : read()) {
        if (!ProcessStat.alive(one.pid())) {
          continue;
        }
        if (one.pid() != self.pid()) {
          kept.add(one);
        } else if (one.startTime() == self.startTime()) {
          own = one.plus(reads, writes);
          kept.add(own);
        }
      }
      if (own == null) {
        own = new ActiveOperations(self.pid(), self.startTime(), reads, writes);
        kept.add(own);
      }
      replace(ActiveOperations.toJson(kept));
      return own;
    }
  }

  /** The operations of all processes. */
  List<ActiveOperations> read() throws IOException {
    try {
      return ActiveOperations.parse(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  private void replace(byte[] json) throws IOException {
    Path temporary =
        file.resolveSibling(file.getFileName() + ".tmp_" + temporaries.incrementAndGet());
    try (FileChannel channel =
        FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      Files.setPosixFilePermissions(temporary, MODE);
      Files.setOwner(temporary, owner);
      int written = channel.write(ByteBuffer.wrap(json));
      if (written != json.length) {
        throw new IOException("wrote " + written + " of " + json.length + " bytes");
      }
    }
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
