package io.datastored.admin.metric;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;

/**
 * A metric is one name of the catalog. The names follow the conventions of Prometheus: base units,
 * and what counts ends with {@code _total}. {@code docs/observability.md} lists them all.
 */
enum Metric {
  BUILD("build.version", Kind.GAUGE, "", "version", "1 for the version of the software"),
  RECOVERY(
      "recovery.left",
      Kind.GAUGE,
      "s",
      "",
      "for how long leases of the previous run may still be in use; 0: not at all"),
  READY(
      "ready",
      Kind.GAUGE,
      "",
      "check",
      "1 if a check of `/readyz` passed when it last ran, 0 if not; each scrape runs it again"),
  GENERATION("generation", Kind.GAUGE, "", "", "the generation that is served"),
  TROUBLES(
      "troubles",
      Kind.GAUGE,
      "",
      "cause,planned",
      "present troubles; `planned` is true for those of datastores in a maintenance mode whose"
          + " expected end has not passed"),
  STALLED(
      "tasks.stalled", Kind.GAUGE, "", "", "periodic tasks needed to serve that have died or hang"),
  CERTIFICATE(
      "certificate.expiry.timestamp",
      Kind.GAUGE,
      "s",
      "",
      "when the server's certificate expires, in Unix time; absent without TLS"),
  DATASTORES("datastores", Kind.GAUGE, "", "mode", "served datastores by maintenance mode"),
  EXPECTED_END(
      "maintenance.expected.end.timestamp",
      Kind.GAUGE,
      "s",
      "mode",
      "the latest expected end of this mode, in Unix time; absent if none is known"),
  OVERDUE(
      "maintenance.overdue",
      Kind.GAUGE,
      "",
      "mode",
      "datastores whose expected end of maintenance has passed"),
  NOT_MOUNTED(
      "datastores.not.mounted",
      Kind.GAUGE,
      "",
      "planned",
      "removable datastores without their device"),
  CONFIG_FAULTS("config.faults", Kind.GAUGE, "", "", "faults of the configuration file"),
  LOOKS("config.looks", Kind.COUNTER, "", "", "checks of the configuration for changes"),
  RELOADS("reloads", Kind.COUNTER, "", "cause", "snapshots served, by what changed them"),
  EDITS(
      "config.edits.found",
      Kind.COUNTER,
      "",
      "by",
      "edits of the file that were found, by `watch` (the operating system) or `periodic`"),
  EDIT_DETECTION(
      "config.edit.detection", Kind.GAUGE, "", "by", "1 for the way in which edits are found now"),
  COMMITS("commits", Kind.COUNTER, "", "", "changes committed by this server"),
  COMMIT_TIME(
      "commit.time",
      Kind.COUNTER,
      "s",
      "part",
      "time spent in commits: `wait` (for earlier ones and other processes), `decide`, `write`"
          + " (files, without syncs), `sync` (until the disk has them), `publish`"),
  CALLS(
      "calls",
      Kind.COUNTER,
      "",
      "method,code,reason",
      "gRPC calls that have ended; lookups are those of the method Lookup"),
  SLOW_CALLS(
      "slow.calls", Kind.COUNTER, "", "method", "calls that have taken longer than `--slow-call`"),
  PROMISED(
      "promised",
      Kind.GAUGE,
      "s",
      "",
      "the longest ttl of any lease or session so far: after a restart no drain"
          + " completes for that long"),
  LEASES("leases", Kind.GAUGE, "", "", "leases that clients hold"),
  SESSIONS("sessions", Kind.GAUGE, "", "", "live sessions"),
  SESSION_LAG("session.lag", Kind.GAUGE, "s", "", "lag of the session that is furthest behind"),
  APPLIED(
      "change.applied",
      Kind.HISTOGRAM,
      "s",
      "",
      "time from when a revision is served until a caching client reports that it has applied"
          + " it"),
  WATCHERS("watchers", Kind.GAUGE, "", "", "open watches"),
  WATCH_LAG(
      "watch.lag",
      Kind.GAUGE,
      "s",
      "",
      "lag of the watch that is furthest behind: how long its next frame has been due"),
  WATCH_BYTES(
      "watch.buffer", Kind.GAUGE, "By", "", "bytes of large frames that clients have not read"),
  WATCH_MESSAGES("watch.messages", Kind.COUNTER, "", "", "messages that were sent to watches"),
  DRAINS("drains", Kind.GAUGE, "", "", "open drains"),
  DRAIN_AGE(
      "drain.age",
      Kind.GAUGE,
      "s",
      "",
      "for how long the oldest open drain has waited; 0 if none is open"),
  DRAINS_ENDED(
      "drains.ended",
      Kind.COUNTER,
      "",
      "state",
      "drains that have ended: `drained`, `aborted`, `timed_out`"),
  DRAIN_BLOCKERS(
      "drain.blockers",
      Kind.GAUGE,
      "",
      "mode,kind,end",
      "what open drains wait for: `operations`, `leases`, `processes`, `sessions`, `unseen`; `end`"
          + " is the expected end of the maintenance: `ahead`, `passed`, `unknown`"),
  LIMITS("limit", Kind.GAUGE, "", "limit", "the [limit](security.md#limits) of this name"),
  LIMIT_TAKEN("limit.taken", Kind.GAUGE, "", "limit", "what all clients have taken of it"),
  LIMIT_LARGEST(
      "limit.taken.by.one",
      Kind.GAUGE,
      "",
      "limit",
      "what the principal that has taken most has taken"),
  PROBES_HUNG("probes.hung", Kind.GAUGE, "", "", "probes of free space that hang in a file system"),
  REPLICA_UNCONFIRMED(
      "replica.unconfirmed",
      Kind.GAUGE,
      "s",
      "",
      "for how long this server has been out of touch with those that share its history, and may"
          + " promise nothing; 0: it is in touch, or alone"),
  REPLICA_SILENT(
      "replica.silent.replicas",
      Kind.GAUGE,
      "",
      "",
      "servers of the same history of which nothing is heard, and for which drains wait"),
  REPLICA_LAG(
      "replica.applied.lag.generations",
      Kind.GAUGE,
      "",
      "",
      "how many generations another server of the same history is ahead of this one"),
  REPLICA_AUTHORITY(
      "replica.authority",
      Kind.GAUGE,
      "s",
      "",
      "for how long this server may still promise something without hearing from etcd; like what"
          + " follows absent if it is alone"),
  REPLICA_PULSE(
      "replica.pulse", Kind.GAUGE, "s", "", "how long etcd took to answer the last pulse"),
  REPLICA_LIVES(
      "replica.lives",
      Kind.COUNTER,
      "",
      "end",
      "lives of this server that have ended: `over` (the others had stopped waiting), `fork` (what"
          + " it serves is not what etcd has), `left` (it has stopped in order)"),
  REPLICA_RELOADS(
      "replica.reloads",
      Kind.COUNTER,
      "",
      "why",
      "reads of the whole history: `gap` (the watch has lost a commit), `watch_ended`,"
          + " `watch_late` (it did not report a commit in time), `head` (the newest was needed, as"
          + " when a life begins)"),
  REPLICA_COMMITS(
      "replica.commits",
      Kind.COUNTER,
      "",
      "outcome",
      "commits to etcd by this server: `committed`, `overtaken` (decided again), `withdrawn`,"
          + " `failed` (nothing was changed), `outcome_unknown`"),
  REPLICA_TAKE_OVERS(
      "replica.takeovers",
      Kind.COUNTER,
      "",
      "path",
      "leases of other servers that clients have continued here: `memory` (the mode permits them),"
          + " `etcd` (by a transaction), `refused`"),
  REPLICA_SEALS(
      "replica.seals",
      Kind.COUNTER,
      "",
      "result",
      "ends of drains: `sealed`, `refused` (something was in the way by then), `failed` (etcd did"
          + " not answer)"),
  DATASTORE_MODE(
      "datastore.mode",
      Kind.GAUGE,
      "",
      "datastore,mode",
      "1 for the maintenance mode of a datastore"),
  DATASTORE_END(
      "datastore.expected.end.timestamp",
      Kind.GAUGE,
      "s",
      "datastore",
      "the expected end of its maintenance, in Unix time; absent if it is not known"),
  DATASTORE_LEASES("datastore.leases", Kind.GAUGE, "", "datastore", "leases on a datastore"),
  DATASTORE_OPERATIONS(
      "datastore.operations",
      Kind.GAUGE,
      "",
      "datastore,operation",
      "operations in progress in all processes, leases included"),
  DATASTORE_SIZE(
      "datastore.size",
      Kind.GAUGE,
      "By",
      "datastore",
      "the size of its file system, as last measured"),
  DATASTORE_AVAILABLE(
      "datastore.available",
      Kind.GAUGE,
      "By",
      "datastore",
      "the available space of its file system, as last measured"),
  SERIES_OMITTED(
      "datastore.omitted",
      Kind.GAUGE,
      "",
      "",
      "datastores without series of their own, because of `--metrics-per-datastore`"),
  MEMORY(
      "jvm.memory.used",
      Kind.GAUGE,
      "By",
      "area",
      "used memory of the Java process: `heap`, `nonheap`, `direct`, `mapped`"),
  MEMORY_LIMIT("jvm.memory.max", Kind.GAUGE, "By", "area", "the largest heap"),
  GC_TIME("jvm.gc.time", Kind.COUNTER, "s", "gc", "time spent in garbage collections"),
  GC_COUNT("jvm.gc.collections", Kind.COUNTER, "", "gc", "garbage collections"),
  THREADS("jvm.threads", Kind.GAUGE, "", "", "live threads"),
  CPU("process.cpu", Kind.COUNTER, "s", "", "processor time of the process"),
  STARTED("process.start.time", Kind.GAUGE, "s", "", "when the process started, in Unix time"),
  FDS("process.open.fds", Kind.GAUGE, "", "", "open file descriptors"),
  MAX_FDS("process.max.fds", Kind.GAUGE, "", "", "the limit of file descriptors");

  /** How the values of a metric behave. */
  enum Kind {
    /** Goes up and down. */
    GAUGE,
    /** Counts from the start of the server. */
    COUNTER,
    /** Counts durations in buckets. */
    HISTOGRAM
  }

  private final String words;
  private final Kind kind;
  private final String unit;
  private final ImmutableList<String> labels;
  private final String help;

  /**
   * @param words of the name, with dots; those of the process and of Java have no prefix
   * @param unit of OpenTelemetry; empty: none
   * @param labels with commas
   */
  Metric(String words, Kind kind, String unit, String labels, String help) {
    this.words = words;
    this.kind = kind;
    this.unit = unit;
    this.labels = ImmutableList.copyOf(Splitter.on(',').omitEmptyStrings().split(labels));
    this.help = help;
  }

  Kind kind() {
    return kind;
  }

  String unit() {
    return unit;
  }

  ImmutableList<String> labels() {
    return labels;
  }

  String help() {
    return help;
  }

  /** The name in OpenTelemetry. */
  String dotted() {
    return words.startsWith("jvm.") || words.startsWith("process.") ? words : "datastored." + words;
  }
}
