package io.datastored.access;

import com.google.common.base.Ticker;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.Lists;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Getent looks up users and groups with the command {@code getent}, which uses the name services
 * that nsswitch.conf names. Immutable. It answers for a limited time after it was created, so that
 * a text with many names cannot block its reader.
 */
final class Getent implements NameService {

  /** Less than the time after which a look at the rules counts as stalled. */
  static final Duration LIMIT = Duration.ofSeconds(20);

  /** One argument list of a process has at most 2 MiB on Linux; a name has at most 256. */
  private static final int KEYS_AT_ONCE = 1000;

  private static final int MOST_BYTES = 8 << 20;
  private static final int FOUND = 0;
  private static final int NOT_ALL_FOUND = 2;

  /** Empty: a host without it has no name services either. */
  private final Optional<Path> command;

  private final Duration limit;
  private final Ticker ticker;
  private final long end;

  Getent(Optional<Path> command, Duration limit, Ticker ticker) {
    this.command = command;
    this.limit = limit;
    this.ticker = ticker;
    this.end = ticker.read() + limit.toNanos();
  }

  static Getent ofThisHost() {
    return new Getent(
        Stream.of("/usr/bin/getent", "/bin/getent")
            .map(Path::of)
            .filter(Files::isExecutable)
            .findFirst(),
        LIMIT,
        Ticker.systemTicker());
  }

  @Override
  public List<String> lines(String database, List<String> keys) throws IOException {
    ImmutableList.Builder<String> lines = ImmutableList.builder();
    if (command.isPresent()) {
      for (List<String> some : Lists.partition(keys, KEYS_AT_ONCE)) {
        lines.addAll(ask(command.get(), database, some));
      }
    }
    return lines.build();
  }

  private List<String> ask(Path getent, String database, List<String> keys) throws IOException {
    if (ticker.read() - end >= 0) {
      throw late();
    }
    Process process =
        new ProcessBuilder(
                ImmutableList.<String>builder()
                    .add(getent.toString(), database)
                    .addAll(keys)
                    .build())
            .redirectError(Redirect.DISCARD)
            .start();
    // This ends the read as well.
    var unused =
        process
            .onExit()
            .orTimeout(end - ticker.read(), TimeUnit.NANOSECONDS)
            .exceptionally(timeout -> process.destroyForcibly());
    try (InputStream out = process.getInputStream()) {
      byte[] bytes = out.readNBytes(MOST_BYTES);
      if (bytes.length == MOST_BYTES) {
        throw new IOException("getent prints more than " + MOST_BYTES + " bytes");
      }
      int status = process.waitFor();
      if (status == FOUND || status == NOT_ALL_FOUND) {
        return new String(bytes, StandardCharsets.UTF_8).lines().toList();
      }
      throw ticker.read() - end >= 0
          ? late()
          : new IOException("'getent %s' ended with status %d".formatted(database, status));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the server is stopping");
    } finally {
      process.destroyForcibly();
    }
  }

  private IOException late() {
    return new IOException(
        "the name services take longer than %d ms; write numbers instead of names"
            .formatted(limit.toMillis()));
  }
}
