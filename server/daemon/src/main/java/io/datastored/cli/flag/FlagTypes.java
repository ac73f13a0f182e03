package io.datastored.cli.flag;

import io.datastored.cli.flag.EngineFlags.ReadOnlyConfig;
import io.datastored.cli.view.AskedOperation;
import io.datastored.cli.view.DurationText;
import io.datastored.cli.view.LogFormat;
import io.datastored.cli.view.OutputFormat;
import io.datastored.daemon.TlsFiles;
import io.datastored.engine.EngineOptions.FileWatching;
import java.time.Duration;
import picocli.CommandLine;

/** Flag types parse and print the values of options. Stateless. */
public final class FlagTypes {

  private FlagTypes() {}

  /** Registers them with a command line and its subcommands. */
  public static CommandLine registerOn(CommandLine line) {
    return line.registerConverter(OutputFormat.class, new WordConverter<>(OutputFormat.class))
        .registerConverter(LogFormat.class, new WordConverter<>(LogFormat.class))
        .registerConverter(LogLevel.class, new WordConverter<>(LogLevel.class))
        .registerConverter(ReadOnlyConfig.class, new WordConverter<>(ReadOnlyConfig.class))
        .registerConverter(FileWatching.class, new WordConverter<>(FileWatching.class))
        .registerConverter(
            TlsFiles.ClientCertificates.class,
            new WordConverter<>(TlsFiles.ClientCertificates.class))
        .registerConverter(Duration.class, new DurationText())
        .registerConverter(AskedOperation.class, new WordConverter<>(AskedOperation.class))
        .registerConverter(SettableMode.class, new WordConverter<>(SettableMode.class))
        .registerConverter(OnLost.class, new WordConverter<>(OnLost.class))
        .registerConverter(WatchedView.class, new WordConverter<>(WatchedView.class));
  }
}
