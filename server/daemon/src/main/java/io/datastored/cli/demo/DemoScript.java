package io.datastored.cli.demo;

import io.datastored.cli.demo.DemoWatcher.Heard;
import io.datastored.cli.view.AskedOperation;
import io.datastored.cli.view.BlockerSummary;
import io.datastored.cli.view.Labels;
import io.datastored.client.DatastoredClient;
import io.datastored.client.Handle;
import io.datastored.client.LookupOptions;
import io.datastored.v1.ConfigFault;
import io.datastored.v1.DrainResponse;
import io.datastored.v1.DrainState;
import io.datastored.v1.LookupResponse;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.Operation;
import io.datastored.v1.OperationCounts;
import io.datastored.v1.Revision;
import io.datastored.v1.SetMaintenanceModeResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * A demo script is the sequence of steps of the demo: each announces an action, runs it, and checks
 * the result. Confined to the demo's thread.
 */
final class DemoScript {

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final DemoFile file;
  private final DemoClient client;
  private final DemoStream<Heard> watcher;
  private final DemoOutput out;

  DemoScript(DemoFile file, DemoClient client, DemoStream<Heard> watcher, DemoOutput out) {
    this.file = file;
    this.client = client;
    this.watcher = watcher;
    this.out = out;
  }

  void play() throws IOException, InterruptedException {
    begin();
    editByHand();
    breakAndRepair();
    updateByCall();
    drainUnderASession();
    backIntoService();
  }

  private void begin() throws InterruptedException {
    Heard first = watcher.next();
    out.check(first.news().size() == 3, "the watcher is told of three datastores at first");
    out.tell("watcher", "generation " + first.generation() + ", three datastores:");
    first.news().forEach(news -> out.tell("", news.datastore() + " " + news.what()));
  }

  private void editByHand() throws IOException, InterruptedException {
    out.title("Somebody edits the file: archive becomes read-only");
    granted("archive", Operation.OPERATION_WRITE);
    long edited = System.nanoTime();
    file.replace(
        "comment cold data\n", "comment cold data\n\tmaintenance-mode read-only,message=audit\n");
    out.tell("editor", "renames a new file over the old one");
    hears("archive", "mode none -> read-only", edited);
    refused("archive", Operation.OPERATION_WRITE, "read-only");
    granted("archive", Operation.OPERATION_READ);
  }

  private void breakAndRepair() throws IOException, InterruptedException {
    out.title("A typo: it takes nothing down, not even its own datastore");
    long broken = System.nanoTime();
    file.replace("verify-new true", "verify-new perhaps");
    out.tell("editor", "saves 'verify-new perhaps' in scratch");
    ConfigFault fault =
        out.await("the status of scratch shows the fault", PATIENCE, () -> client.fault("scratch"));
    out.tell(
        "status",
        "scratch: line %d, column %d: %s (seen after %s)"
            .formatted(
                fault.getLine(), fault.getColumn(), fault.getMessage(), DemoOutput.since(broken)));
    out.check(fault.getLastGoodServed(), "the last good version of scratch is served");
    out.tell("", "its last good version is served:");
    granted("scratch", Operation.OPERATION_WRITE);
    file.replace("verify-new perhaps", "verify-new true");
    out.await(
        "the repair is picked up",
        PATIENCE,
        () -> client.fault("scratch").isPresent() ? Optional.empty() : Optional.of(true));
    out.tell("editor", "repairs it; status: no fault");
  }

  private void updateByCall() throws InterruptedException {
    out.title("A client changes a comment by UpdateDatastore");
    out.tell("lookup", "main has comment '" + comment() + "'");
    long asked = System.nanoTime();
    Revision written = client.comment("main", "Primary, shelf B");
    out.tell("update", "answered with generation " + written.getGeneration());
    LookupResponse next = client.look("main");
    out.check(
        next.getRevision().getGeneration() >= written.getGeneration()
            && comment().equals("Primary, shelf B"),
        "the very next lookup sees the change");
    out.tell("lookup", "main has comment '" + comment() + "': the very next lookup sees it");
    hears("main", "comment", asked);
  }

  private void drainUnderASession() throws InterruptedException {
    out.title("A session holds a lease for WRITE when main is taken out of service");
    try (DatastoredClient backup = client.program("nightly backup")) {
      drain(
          backup.lookup(
              "main", AskedOperation.WRITE.asked(), LookupOptions.DEFAULT.withPurpose("vm/100")));
    }
  }

  private void drain(Handle held) throws InterruptedException {
    out.tell(
        "lookup", "write on main: granted, fencing token " + held.fencingToken().orElseThrow());
    SetMaintenanceModeResponse asked =
        client.wouldBe("main", MaintenanceMode.MAINTENANCE_MODE_OFFLINE);
    out.tell("dry run", new BlockerSummary(asked.getProgress()).sentence());
    out.check(asked.getProgress().getLeases() == 1, "a dry run names one lease in the way");
    granted("main", Operation.OPERATION_READ);
    long set = System.nanoTime();
    SetMaintenanceModeResponse offline =
        client.mode("main", MaintenanceMode.MAINTENANCE_MODE_OFFLINE, "disk swap");
    hears("main", "mode none -> offline", set);
    refused("main", Operation.OPERATION_READ, "offline");
    try (DemoStream<DrainResponse> drain = client.drain(offline.getDatastore())) {
      DrainResponse waits = drain.next();
      out.tell("drain", "waits: " + new BlockerSummary(waits.getProgress()).sentence());
      new BlockerSummary(waits.getProgress()).lines().forEach(line -> out.tell("", line));
      out.check(
          waits.getState() == DrainState.DRAIN_STATE_DRAINING
              && new BlockerSummary(waits.getProgress())
                  .who()
                  .toString()
                  .contains("nightly backup"),
          "the drain waits and names its blocker");
      writesInProgress(1, "the session is renewed and goes on");
      long released = System.nanoTime();
      held.close();
      DrainResponse last = awaitEnd(drain);
      out.check(last.getState() == DrainState.DRAIN_STATE_DRAINED, "the drain ends with DRAINED");
      out.tell(
          "drain",
          "DRAINED %s after the release: pull the disk".formatted(DemoOutput.since(released)));
    }
    writesInProgress(0, "and none can begin");
  }

  private static DrainResponse awaitEnd(DemoStream<DrainResponse> drain)
      throws InterruptedException {
    long begin = System.nanoTime();
    DrainResponse last = drain.next();
    while (last.getState() == DrainState.DRAIN_STATE_DRAINING
        && Duration.ofNanos(System.nanoTime() - begin).compareTo(PATIENCE) < 0) {
      last = drain.next();
    }
    return last;
  }

  private void backIntoService() throws InterruptedException {
    out.title("The disk is swapped, main goes back into service");
    long ended = System.nanoTime();
    client.mode("main", MaintenanceMode.MAINTENANCE_MODE_NONE, "");
    hears("main", "mode offline", ended);
    granted("main", Operation.OPERATION_WRITE);
  }

  private String comment() {
    return client.look("main").getDatastore().getSettings().getComment();
  }

  private void writesInProgress(long expected, String meaning) {
    OperationCounts counts = client.operations("main");
    out.check(counts.getWrite() == expected, "main has %d writes in progress".formatted(expected));
    out.tell("status", "main: writes in progress: %d, %s".formatted(counts.getWrite(), meaning));
  }

  /** Checks that the next frame reports this news of this datastore. */
  private void hears(String datastore, String what, long since) throws InterruptedException {
    Heard heard = watcher.next();
    heard
        .news()
        .forEach(
            news ->
                out.tell(
                    "watcher",
                    "generation %d: %s %s (after %d ms)"
                        .formatted(
                            heard.generation(),
                            news.datastore(),
                            news.what(),
                            Duration.ofNanos(heard.nanoTime() - since).toMillis())));
    out.check(
        heard.news().stream()
            .anyMatch(news -> news.datastore().equals(datastore) && news.what().contains(what)),
        "the watcher is told '%s' of %s".formatted(what, datastore));
  }

  private void granted(String datastore, Operation operation) {
    LookupResponse granted = client.take(datastore, operation);
    client.release(granted);
    out.tell("lookup", "%s on %s: granted".formatted(Labels.of(operation), datastore));
  }

  private void refused(String datastore, Operation operation, String why) {
    String sentence = client.refusal(datastore, operation).orElse("granted");
    out.tell("lookup", sentence);
    out.check(sentence.contains(why), "the lookup is refused by mode " + why);
  }
}
