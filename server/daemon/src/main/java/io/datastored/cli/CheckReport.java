package io.datastored.cli;

import static java.util.Comparator.comparingInt;

import com.google.common.collect.ImmutableList;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.datastored.config.ConfigDocument;
import io.datastored.config.ConfigFault;
import io.datastored.config.FaultySection;
import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Stream;

/**
 * Prints what a check found, as compilers do: {@code FILE:LINE:COLUMN: message}. Confined to the
 * command's thread.
 */
final class CheckReport {

  private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

  private final PrintWriter out;
  private final OutputFormat format;

  CheckReport(PrintWriter out, OutputFormat format) {
    this.out = out;
    this.format = format;
  }

  /** One line of the report: a fault or a note. */
  private record Finding(boolean isFault, int line, int column, String property, String message) {}

  /** Tells what is in the file; whether it has no fault. */
  boolean print(String file, ConfigDocument document) {
    List<Finding> findings = findings(document);
    boolean good = findings.stream().noneMatch(Finding::isFault);
    switch (format) {
      case TABLE -> printText(file, document, findings);
      case JSON -> printJson(file, document, findings);
    }
    out.flush();
    return good;
  }

  void unreadable(String file, String why) {
    switch (format) {
      case TABLE -> out.printf("%s: %s%n", file, why);
      case JSON -> {
        var json = new JsonObject();
        json.addProperty("file", file);
        json.addProperty("error", why);
        out.println(GSON.toJson(json));
      }
    }
    out.flush();
  }

  private static List<Finding> findings(ConfigDocument document) {
    Stream<ConfigFault> faults =
        Stream.concat(
            document.faults().stream(),
            document.faultySections().stream().flatMap(section -> section.faults().stream()));
    return Stream.concat(
            faults.map(
                fault ->
                    new Finding(
                        true, fault.line(), fault.column(), fault.property(), fault.message())),
            document.notices().stream()
                .map(note -> new Finding(false, note.line(), 0, note.property(), note.message())))
        .sorted(comparingInt(Finding::line).thenComparingInt(Finding::column))
        .collect(ImmutableList.toImmutableList());
  }

  private void printText(String file, ConfigDocument document, List<Finding> findings) {
    for (Finding finding : findings) {
      out.printf(
          "%s:%d:%s %s%s%n",
          file,
          finding.line(),
          finding.column() == 0 ? "" : finding.column() + ":",
          finding.isFault() ? "" : "note: ",
          finding.message());
    }
    long faults = findings.stream().filter(Finding::isFault).count();
    out.printf(
        "%s: %s, %s%n",
        file,
        count(document.sections().size(), faults == 0 ? "datastore" : "good datastore"),
        faults == 0 ? "no faults" : count(faults, "fault"));
  }

  private void printJson(String file, ConfigDocument document, List<Finding> findings) {
    var json = new JsonObject();
    json.addProperty("file", file);
    json.add("datastores", names(document));
    json.add("faulty", faultyNames(document));
    json.add("faults", array(findings, true));
    json.add("notes", array(findings, false));
    out.println(GSON.toJson(json));
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
        array.add(json);
      }
    }
    return array;
  }

  private static String count(long number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }
}
