package io.datastored.cli.cluster;

import io.datastored.cli.flag.EtcdFlags;
import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.ExitStatus;
import io.datastored.etcd.history.EtcdKeyValues;
import io.datastored.etcd.history.KeyValues;
import io.datastored.etcd.history.Keys;
import io.datastored.etcd.history.StoredConfiguration;
import io.datastored.file.AtomicFile;
import io.datastored.file.DiskSteps;
import io.datastored.file.StoreException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/**
 * {@code datastored cluster export}: writes the configuration in etcd to a file. Confined to its
 * thread.
 */
@Command(
    name = "export",
    description = {
      "Writes the configuration in etcd to a file: the bytes that were imported, with each change"
          + " since then. Changes nothing in etcd.",
      "The file is written whole or not at all. 'datastored check -' checks an export to the"
          + " output."
    })
final class ClusterExportCommand implements Callable<Integer> {

  private final OutputStream bytes;

  @Parameters(
      paramLabel = "FILE",
      description = "The file, replaced if it exists; - for standard output.")
  String file;

  @Mixin EtcdFlags etcd;

  ClusterExportCommand(OutputStream bytes) {
    this.bytes = bytes;
  }

  @Override
  public Integer call() {
    byte[] text = read();
    try {
      if (file.equals(GivenConfiguration.STREAM)) {
        bytes.write(text);
        bytes.flush();
      } else {
        new AtomicFile(Path.of(file), DiskSteps.REAL).replace(text);
      }
    } catch (StoreException e) {
      throw new CommandFailed(ExitStatus.NO, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new CommandFailed(
          ExitStatus.NO, "the configuration cannot be written to the output: " + e.getMessage(), e);
    }
    return ExitStatus.OK.code();
  }

  private byte[] read() {
    Keys keys = etcd.keys();
    try (KeyValues values = new EtcdKeyValues(etcd.connect())) {
      return StoredConfiguration.read(values, keys).content().bytes();
    } catch (StoreException e) {
      throw EtcdFailure.of(e, keys, "run the command again");
    }
  }
}
