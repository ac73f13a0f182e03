package io.datastored.cli.cluster;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.datastored.cli.view.DurationText;
import io.datastored.cli.view.HumanFormat;
import io.datastored.cli.view.Json;
import io.datastored.cli.view.TextTable;
import io.datastored.cli.view.VisibleText;
import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.etcd.client.MemberStatus;
import io.datastored.etcd.life.LifeRecord;
import io.datastored.etcd.life.Survey;
import io.datastored.etcd.life.SurveyedLife;
import io.datastored.history.AcceptedState;
import io.datastored.history.Generation;
import io.datastored.promise.ClockSlack;
import io.datastored.promise.LifeId;
import io.datastored.promise.Replica;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A cluster report is what etcd has of a history and its servers, for people and for programs.
 * Immutable.
 *
 * @param history for display
 * @param members of etcd, in the order of the options
 * @param state empty: it cannot be read
 * @param survey empty: it cannot be read
 */
record ClusterReport(
    String history,
    ImmutableList<Member> members,
    Optional<AcceptedState> state,
    Optional<Survey> survey) {

  /**
   * A member of etcd.
   *
   * @param status empty: it does not answer
   * @param trouble why not
   */
  record Member(String endpoint, Optional<MemberStatus> status, String trouble) {

    boolean isUp() {
      return status.isPresent();
    }

    private boolean leads() {
      return status.filter(known -> known.leader() == known.member()).isPresent();
    }

    private String troubles() {
      return status.map(known -> String.join(", ", known.errors())).orElse(trouble);
    }
  }

  void print(PrintWriter out) {
    state.ifPresent(
        known ->
            out.printf(
                "%s is at generation %s of incarnation %s: %s, %d in maintenance.%n",
                history,
                known.generation(),
                known.revision().incarnation(),
                HumanFormat.count(known.datastores().size(), "datastore"),
                inMaintenance(known)));
    out.println();
    TextTable table = new TextTable("MEMBER", "STATE", "VERSION", "LEADS", "SIZE", "TROUBLES");
    members.forEach(
        member ->
            table.row(
                member.endpoint,
                member.isUp() ? "up" : "down",
                member.status.map(MemberStatus::version).orElse(""),
                member.leads() ? "yes" : "no",
                member.status.map(known -> HumanFormat.bytes(known.bytes())).orElse(""),
                member.troubles()));
    table.printTo(out);
    survey.ifPresent(found -> print(out, found));
  }

  private void print(PrintWriter out, Survey found) {
    out.println();
    if (found.lives().isEmpty()) {
      out.println("No server shares this history, and none is waited for.");
      return;
    }
    TextTable table =
        new TextTable(
            "REPLICA", "LIFE", "STATE", "VERSION", "APPLIED", "LAG", "LONGEST", "ADDRESSES");
    for (SurveyedLife life : found.lives()) {
      table.row(
          life.replica(),
          life.life(),
          word(life),
          life.said("version").orElse(""),
          life.applied().map(applied -> applied.generation().toString()).orElse(""),
          lag(life).map(String::valueOf).orElse(""),
          life.record().map(LifeRecord::longest).map(ClusterReport::seconds).orElse(""),
          life.said("addresses").orElse(""));
    }
    table.printTo(out);
    for (SurveyedLife life : found.lives()) {
      if (life.state() != Replica.State.HERE) {
        out.println(VisibleText.of(wait(life)));
      }
    }
    for (DatastoreName name : datastores(found)) {
      out.println(VisibleText.of(datastore(found, name)));
    }
    if (rules(found).size() > 1) {
      out.println(
          VisibleText.of(
              "The rules files of the servers differ: "
                  + rules(found).entrySet().stream()
                      .map(each -> each.getKey() + " at " + String.join(", ", each.getValue()))
                      .collect(Collectors.joining("; "))
                  + "."));
    }
  }

  private static String wait(SurveyedLife life) {
    return "Drains wait for %s (life %s) %s."
        .formatted(
            life.replica(),
            life.life(),
            life.wait(ClockSlack.DEFAULT)
                .map(longest -> "for at most " + seconds(longest) + " from when it was gone")
                .orElse(
                    "until an operator decides, since its record cannot be read: datastored cluster"
                        + " forget-replica "
                        + life.life()));
  }

  private static String datastore(Survey found, DatastoreName name) {
    return "%s:%s%s."
        .formatted(
            name,
            found.asks().containsKey(name)
                ? " somebody waits for a drain at " + names(found, found.asks().get(name))
                : "",
            found.work().containsKey(name)
                ? (found.asks().containsKey(name) ? ";" : "")
                    + " what its mode refuses is in use at "
                    + names(found, found.work().get(name))
                : "");
  }

  private static String names(Survey found, Collection<LifeId> lives) {
    return found.lives().stream()
        .filter(life -> lives.contains(life.life()))
        .map(SurveyedLife::replica)
        .distinct()
        .collect(Collectors.joining(", "));
  }

  private static ImmutableSet<DatastoreName> datastores(Survey found) {
    return Sets.union(found.asks().keySet(), found.work().keySet()).immutableCopy();
  }

  /** Digests of rules files, with the servers that have said so. */
  private static ImmutableMap<String, ImmutableList<String>> rules(Survey found) {
    return ImmutableMap.copyOf(
        found.lives().stream()
            .filter(life -> life.said("rules").isPresent())
            .collect(
                Collectors.groupingBy(
                    life -> life.said("rules").orElseThrow(),
                    Collectors.mapping(SurveyedLife::replica, ImmutableList.toImmutableList()))));
  }

  private Optional<Long> lag(SurveyedLife life) {
    return state.flatMap(
        known ->
            life.applied()
                .map(
                    applied ->
                        Math.max(0, known.generation().value() - applied.generation().value())));
  }

  private static long inMaintenance(AcceptedState state) {
    return state.datastores().values().stream()
        .filter(datastore -> datastore.mode().setting().mode() != MaintenanceMode.NONE)
        .count();
  }

  private static String word(SurveyedLife life) {
    return life.state().name().toLowerCase(Locale.ROOT);
  }

  private static String seconds(Duration duration) {
    return DurationText.print(Duration.ofSeconds((duration.toMillis() + 999) / 1000));
  }

  void printJson(PrintWriter out) {
    JsonObject json = new JsonObject();
    json.addProperty("history", history);
    state.ifPresent(
        known -> {
          json.addProperty("incarnation", known.revision().incarnation().value());
          json.addProperty("generation", known.generation().value());
          json.addProperty("datastores", known.datastores().size());
          json.addProperty("inMaintenance", inMaintenance(known));
        });
    JsonArray all = new JsonArray();
    members.forEach(member -> all.add(json(member)));
    json.add("members", all);
    survey.ifPresent(
        found -> {
          JsonArray lives = new JsonArray();
          found.lives().forEach(life -> lives.add(json(life)));
          json.add("replicas", lives);
          JsonArray drains = new JsonArray();
          datastores(found).forEach(name -> drains.add(json(found, name)));
          json.add("drains", drains);
        });
    out.println(Json.line(json));
  }

  private static JsonObject json(Member member) {
    JsonObject json = new JsonObject();
    json.addProperty("endpoint", member.endpoint);
    json.addProperty("up", member.isUp());
    json.addProperty("leads", member.leads());
    member.status.ifPresent(
        status -> {
          json.addProperty("version", status.version());
          json.addProperty("bytes", status.bytes());
        });
    json.addProperty("troubles", member.troubles());
    return json;
  }

  private JsonObject json(SurveyedLife life) {
    JsonObject json = new JsonObject();
    json.addProperty("name", life.replica());
    json.addProperty("life", life.life().value());
    json.addProperty("state", life.state().name());
    life.said("version").ifPresent(version -> json.addProperty("version", version));
    life.said("addresses").ifPresent(addresses -> json.addProperty("addresses", addresses));
    life.said("rules").ifPresent(digest -> json.addProperty("rules", digest));
    life.applied()
        .ifPresent(applied -> json.addProperty("applied", generation(applied.generation())));
    lag(life).ifPresent(lag -> json.addProperty("lag", lag));
    life.record()
        .ifPresent(record -> json.addProperty("longestMillis", record.longest().toMillis()));
    if (life.state() != Replica.State.HERE) {
      life.wait(ClockSlack.DEFAULT)
          .ifPresent(longest -> json.addProperty("waitMillis", longest.toMillis()));
    }
    return json;
  }

  private static long generation(Generation generation) {
    return generation.value();
  }

  private static JsonObject json(Survey found, DatastoreName name) {
    JsonObject json = new JsonObject();
    json.addProperty("datastore", name.value());
    json.add("askedAt", array(found.asks().get(name)));
    json.add("inUseAt", array(found.work().get(name)));
    return json;
  }

  private static JsonArray array(Collection<LifeId> lives) {
    JsonArray all = new JsonArray();
    lives.forEach(life -> all.add(life.value()));
    return all;
  }
}
