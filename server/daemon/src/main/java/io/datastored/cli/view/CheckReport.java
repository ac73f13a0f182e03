package io.datastored.cli.view;

import static java.util.Comparator.comparingInt;
import static java.util.stream.Collectors.toSet;

import com.google.common.base.Ascii;
import com.google.common.collect.ImmutableList;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.datastored.access.ParsedRules;
import io.datastored.config.document.ConfigDocument;
import io.datastored.config.document.FaultySection;
import io.datastored.config.document.PbsEffect;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A check report prints the findings of a check, as compilers do: {@code FILE:LINE:COLUMN:
 * message}. Confined to the command's thread.
 */
public final class CheckReport {

  private final PrintWriter out;
  private final OutputFormat format;
  private final Rule rule;

  /** What makes a file fail the check. */
  public enum Rule {
    /** Faults. */
    FAULTS,
    /** Faults, and anything that Proxmox Backup Server does not accept. */
    PBS
  }

  public CheckReport(PrintWriter out, OutputFormat format, Rule rule) {
    this.out = out;
    this.format = format;
    this.rule = rule;
  }

  /**
   * A finding is one line of the report: a fault or a note.
   *
   * @param effect what Proxmox Backup Server does, for a note
   */
  private record Finding(
      boolean isFault, int line, int column, String property, String message, PbsEffect effect) {

    boolean isRefused() {
      return !isFault && effect != PbsEffect.NONE;
    }
  }

  /** Prints the findings in a file; true if it passes the check. */
  public boolean print(String file, ConfigDocument document) {
    List<Finding> findings = findings(document);
    boolean good =
        findings.stream()
            .noneMatch(finding -> finding.isFault() || (rule == Rule.PBS && finding.isRefused()));
    switch (format) {
      case TABLE -> printText(file, document, findings);
      case JSON -> printJson(file, document, findings);
    }
    out.flush();
    return good;
  }

  /** Prints the faults in rules. */
  public void print(String file, int rules, List<ParsedRules.Fault> faults) {
    switch (format) {
      case TABLE -> {
        for (ParsedRules.Fault fault : faults) {
          out.printf(
              "%s:%d:%d: %s%n",
              VisibleText.of(file), fault.line(), fault.column(), VisibleText.of(fault.message()));
        }
        out.printf(
            "%s: %s%n",
            VisibleText.of(file),
            faults.isEmpty()
                ? HumanFormat.count(rules, "rule") + ", no faults"
                : HumanFormat.count(faults.size(), "fault"));
      }
      case JSON -> {
        var json = new JsonObject();
        json.addProperty("file", file);
        json.addProperty("rules", rules);
        var array = new JsonArray();
        faults.forEach(fault -> array.add(json(fault)));
        json.add("faults", array);
        out.println(Json.line(json));
      }
    }
    out.flush();
  }

  private static JsonObject json(ParsedRules.Fault fault) {
    var json = new JsonObject();
    json.addProperty("line", fault.line());
    json.addProperty("column", fault.column());
    json.addProperty("message", fault.message());
    return json;
  }

  public void unreadable(String file, String why) {
    switch (format) {
      case TABLE -> out.printf("%s: %s%n", VisibleText.of(file), VisibleText.of(why));
      case JSON -> {
        var json = new JsonObject();
        json.addProperty("file", file);
        json.addProperty("error", why);
        out.println(Json.line(json));
      }
    }
    out.flush();
  }

  /**
   * For each line its faults, or else what Proxmox Backup Server does with it, or else its
   * oddities.
   */
  private static List<Finding> findings(ConfigDocument document) {
    List<Finding> findings = new ArrayList<>();
    Stream.concat(
            document.faults().stream(),
            document.faultySections().stream().flatMap(section -> section.faults().stream()))
        .map(
            fault ->
                new Finding(
                    true,
                    fault.line(),
                    fault.column(),
                    fault.property(),
                    fault.message(),
                    PbsEffect.NONE))
        .forEach(findings::add);
    addOnOtherLines(
        findings,
        document.pbsNotes().stream()
            .map(
                note ->
                    new Finding(
                        false,
                        note.line(),
                        note.column(),
                        note.property(),
                        note.message(),
                        note.effect())));
    addOnOtherLines(
        findings,
        document.notices().stream()
            .map(
                note ->
                    new Finding(
                        false, note.line(), 0, note.property(), note.message(), PbsEffect.NONE)));
    return ImmutableList.sortedCopyOf(
        comparingInt(Finding::line).thenComparingInt(Finding::column), findings);
  }

  private static void addOnOtherLines(List<Finding> findings, Stream<Finding> more) {
    Set<Integer> taken = findings.stream().map(Finding::line).collect(toSet());
    more.filter(finding -> !taken.contains(finding.line())).forEach(findings::add);
  }

  private void printText(String file, ConfigDocument document, List<Finding> findings) {
    for (Finding finding : findings) {
      out.printf(
          "%s:%d:%s %s%s%n",
          VisibleText.of(file),
          finding.line(),
          finding.column() == 0 ? "" : finding.column() + ":",
          finding.isFault() ? "" : "note: ",
          VisibleText.of(finding.message()));
    }
    long faults = findings.stream().filter(Finding::isFault).count();
    out.printf(
        "%s: %s, %s%s%n",
        VisibleText.of(file),
        HumanFormat.count(document.sections().size(), faults == 0 ? "datastore" : "good datastore"),
        faults == 0 ? "no faults" : HumanFormat.count(faults, "fault"),
        findings.stream()
            .filter(Finding::isRefused)
            .map(Finding::effect)
            .min(Comparator.naturalOrder())
            .map(effect -> "; " + ConfigDocument.PBS + " " + effect.consequence())
            .orElse(""));
  }

  private void printJson(String file, ConfigDocument document, List<Finding> findings) {
    var json = new JsonObject();
    json.addProperty("file", file);
    json.add("datastores", names(document));
    json.add("faulty", faultyNames(document));
    json.add("faults", array(findings, true));
    json.add("notes", array(findings, false));
    out.println(Json.line(json));
  }

  private static JsonArray names(ConfigDocument document) {
    var names = new JsonArray();
    document.sections().keySet().forEach(name -> names.add(name.value()));
    return names;
  }

  private static JsonArray faultyNames(ConfigDocument document) {
    var names = new JsonArray();
    document.faultySections().stream()
        .map(FaultySection::name)
        .distinct()
        .forEach(name -> names.add(name.value()));
    return names;
  }

  private static JsonArray array(List<Finding> findings, boolean faults) {
    var array = new JsonArray();
    for (Finding finding : findings) {
      if (finding.isFault() == faults) {
        var json = new JsonObject();
        json.addProperty("line", finding.line());
        json.addProperty("column", finding.column());
        json.addProperty("property", finding.property());
        json.addProperty("message", finding.message());
        if (!faults) {
          json.addProperty("effect", Ascii.toLowerCase(finding.effect().name()).replace('_', '-'));
        }
        array.add(json);
      }
    }
    return array;
  }
}
