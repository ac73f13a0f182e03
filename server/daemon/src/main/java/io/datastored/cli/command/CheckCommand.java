package io.datastored.cli.command;

import io.datastored.access.Access;
import io.datastored.access.Identity;
import io.datastored.access.NamedIdentity;
import io.datastored.access.ParsedRules;
import io.datastored.access.RulesFile;
import io.datastored.access.SystemUsers;
import io.datastored.cli.flag.OutputFlag;
import io.datastored.cli.flag.TypedOnly;
import io.datastored.cli.view.CheckReport;
import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.ExitStatus;
import io.datastored.cli.view.RolesReport;
import io.datastored.config.DatastoreName;
import io.datastored.config.document.ConfigDocument;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code datastored check}: reports faults in configuration files and rules. Confined to its
 * thread.
 */
@Command(
    name = "check",
    description = {
      "Checks configuration files, and rules, without a server and prints each fault with its"
          + " line and column.",
      "Exits with 1 if a file has a fault or cannot be read. Notes do not change the"
          + " exit status: they name what this server accepts but Proxmox Backup Server 4.2"
          + " would refuse (with --strict they count as faults)."
    })
public final class CheckCommand implements Callable<Integer> {

  private static final String STDIN = "-";

  private final InputStream in;

  @Parameters(arity = "0..*", paramLabel = "FILE", description = "A file, or - for standard input.")
  List<String> files = new ArrayList<>();

  @TypedOnly
  @Option(
      names = "--access",
      paramLabel = "FILE",
      description = "Also check a file of rules, as for 'serve --access'; - for standard input.")
  @Nullable String access;

  @TypedOnly
  @Option(
      names = "--who",
      paramLabel = "WHO",
      description =
          "With --access: also print the role that somebody has by these rules, for the server"
              + " and for each datastore of the files: uid:NAME, dns:NAME and so on.")
  @Nullable String who;

  @Mixin OutputFlag form;

  @Option(
      names = "--strict",
      description = "Also exit with 1 on anything that Proxmox Backup Server 4.2 refuses.")
  boolean strict;

  @Spec CommandSpec spec;

  /** Of all files. */
  private final Set<DatastoreName> names = new TreeSet<>();

  public CheckCommand(InputStream in) {
    this.in = in;
  }

  @Override
  public Integer call() {
    if (files.isEmpty() && access == null) {
      throw new ParameterException(spec.commandLine(), "missing 'FILE' or '--access=FILE'");
    }
    if (who != null && access == null) {
      throw new ParameterException(spec.commandLine(), "--who needs --access");
    }
    var report =
        new CheckReport(
            spec.commandLine().getOut(),
            form.output,
            strict ? CheckReport.Rule.PBS : CheckReport.Rule.FAULTS);
    boolean good = true;
    for (String file : files) {
      good &= isGood(file, report);
    }
    if (access != null) {
      good &= isGoodAccess(access, report);
    }
    return (good ? ExitStatus.OK : ExitStatus.NO).code();
  }

  private boolean isGood(String file, CheckReport report) {
    try {
      byte[] bytes = file.equals(STDIN) ? in.readAllBytes() : Files.readAllBytes(Path.of(file));
      ConfigDocument document = ConfigDocument.parse(bytes);
      names.addAll(document.sections().keySet());
      return report.print(file, document);
    } catch (NoSuchFileException e) {
      report.unreadable(file, "there is no such file");
    } catch (IOException e) {
      report.unreadable(file, why(e));
    }
    return false;
  }

  private boolean isGoodAccess(String file, CheckReport report) {
    RulesFile.Found found = found(file);
    if (found instanceof RulesFile.Found.Unreadable unreadable) {
      report.unreadable(file, unreadable.why());
      return false;
    }
    ParsedRules parsed = RulesFile.parse(found, file, SystemUsers.ofThisHost());
    report.print(file, parsed.rules().size(), parsed.faults());
    boolean good = parsed.faults().isEmpty();
    if (good && who != null) {
      // A server has two admins whatever the rules say: root, and the user that it runs as.
      new RolesReport(spec.commandLine().getOut(), form.output)
          .print(new Access(parsed.rules(), Set.of(Identity.user(0))), identity(who), names);
    }
    return good;
  }

  private RulesFile.Found found(String file) {
    try {
      return file.equals(STDIN) ? RulesFile.text(in) : new RulesFile(Path.of(file)).read();
    } catch (IOException e) {
      return new RulesFile.Found.Unreadable(why(e));
    }
  }

  private static Identity identity(String who) {
    try {
      return NamedIdentity.of(who, SystemUsers.ofThisHost())
          .orElseThrow(
              () ->
                  new CommandFailed(
                      ExitStatus.USAGE,
                      "Nobody is called '%s': expected %s; users must exist on this host."
                          .formatted(who, NamedIdentity.FORMS)));
    } catch (IOException e) {
      throw new CommandFailed(
          ExitStatus.USAGE, "'%s' cannot be looked up: %s.".formatted(who, e.getMessage()), e);
    }
  }

  /** Why an existing file cannot be read. */
  static String why(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "it cannot be read: permission denied";
    }
    String reason =
        e instanceof FileSystemException system
            ? system.getReason()
            : String.valueOf(e.getMessage());
    return "it cannot be read: " + (reason == null ? e.getClass().getSimpleName() : reason);
  }
}
