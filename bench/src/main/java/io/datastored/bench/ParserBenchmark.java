package io.datastored.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.MaintenanceSetting;
import io.datastored.config.document.ConfigDocument;
import io.datastored.config.document.ConfigSection;
import io.datastored.file.Digest;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Measures parsing and printing a configuration file in memory. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ParserBenchmark {

  /** The number of datastores. */
  @Param({"5", "1000"})
  private int datastores;

  private byte[] bytes = {};
  private byte[] edited = {};
  private ConfigDocument document = ConfigDocument.EMPTY;
  private DatastoreName name = DatastoreName.of("store0");

  /** Sections as an administrator writes them. */
  @Setup
  public void write() {
    StringBuilder config = new StringBuilder();
    for (int i = 0; i < datastores; i++) {
      config.append("datastore: store").append(i).append("\n\tcomment shelf of store").append(i);
      config.append("\n\tgc-schedule daily\n\tnotification-mode notification-system");
      config.append("\n\tpath /srv/store").append(i).append("\n\n");
    }
    bytes = config.toString().getBytes(UTF_8);
    edited = config.toString().replaceFirst("comment shelf", "comment table").getBytes(UTF_8);
    document = ConfigDocument.parse(bytes);
    name = DatastoreName.of("store" + datastores / 2);
  }

  /** Parses the whole file. */
  @Benchmark
  public ConfigDocument parse() {
    return ConfigDocument.parse(bytes);
  }

  /** Parses the file after an edit of one section; the others are reused. */
  @Benchmark
  public ConfigDocument parseAgain() {
    return ConfigDocument.parse(edited, document);
  }

  /** Sets a mode and prints the file. */
  @Benchmark
  public byte[] setMode() {
    ConfigSection section = Objects.requireNonNull(document.sections().get(name));
    return document
        .withSection(name, section.settings(), MaintenanceSetting.of(MaintenanceMode.READ_ONLY))
        .toBytes();
  }

  /** Computes the digest, the cost of each check apart from reading the file. */
  @Benchmark
  public Digest digest() {
    return Digest.of(bytes);
  }
}
