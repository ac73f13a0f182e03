package io.datastored.cli.view;

import static java.util.stream.Collectors.joining;

import com.google.common.base.Ascii;
import com.google.gson.JsonObject;
import io.datastored.backup.Backup;
import io.datastored.backup.Finding;
import io.datastored.backup.StateCheck;
import io.datastored.file.Verdict;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;

/**
 * A state report prints what is in a state directory or a backup, file by file. Confined to the
 * command's thread.
 */
public final class StateReport {

  private final PrintWriter out;
  private final OutputFormat format;

  public StateReport(PrintWriter out, OutputFormat format) {
    this.out = out;
    this.format = format;
  }

  /** Prints a check. */
  public void print(StateCheck check) {
    String users =
        check.users().isEmpty()
            ? "not in use"
            : "in use by process "
                + check.users().stream().map(String::valueOf).collect(joining(", "));
    print(check.findings(), check.directory().toString(), users);
  }

  /** Prints a backup; true if its files can be used. */
  public boolean print(String file, Backup backup) {
    List<Finding> findings = backup.findings(Path.of(file));
    print(
        findings,
        file,
        "made %s of %s by version %s"
            .formatted(backup.made(), backup.directory(), backup.version()));
    return faults(findings) == 0;
  }

  private void print(List<Finding> findings, String whole, String about) {
    for (Finding finding : findings) {
      print(finding.file().toString(), finding.verdict());
    }
    if (format == OutputFormat.TABLE) {
      long faults = faults(findings);
      String count =
          faults == 0 ? "no faults" : faults == 1 ? "1 fault" : "%d faults".formatted(faults);
      out.printf("%s: %s, %s%n", VisibleText.of(whole), VisibleText.of(about), count);
    }
    out.flush();
  }

  private static long faults(List<Finding> findings) {
    return findings.stream()
        .filter(finding -> finding.verdict().kind() == Verdict.Kind.FAULT)
        .count();
  }

  private void print(String file, Verdict verdict) {
    switch (format) {
      case TABLE ->
          out.printf(
              "%s: %s%s%n",
              VisibleText.of(file),
              verdict.kind() == Verdict.Kind.NOTE ? "note: " : "",
              VisibleText.of(verdict.sentence()));
      case JSON -> {
        var json = new JsonObject();
        json.addProperty("file", file);
        json.addProperty("verdict", Ascii.toLowerCase(verdict.kind().name()));
        json.addProperty("message", verdict.sentence());
        out.println(Json.line(json));
      }
    }
  }
}
