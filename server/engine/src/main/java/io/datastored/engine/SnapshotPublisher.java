package io.datastored.engine;

import io.datastored.config.DatastoreName;
import io.datastored.config.DatastoreSettings;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.NameMap;
import io.datastored.config.document.ConfigDocument;
import io.datastored.config.document.ConfigSection;
import io.datastored.engine.snapshot.AcceptedVersions;
import io.datastored.engine.snapshot.Change;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.FaultLog;
import io.datastored.engine.snapshot.LastGood;
import io.datastored.engine.snapshot.Maintenance;
import io.datastored.engine.snapshot.ModeAnnotations;
import io.datastored.engine.snapshot.Proposal;
import io.datastored.engine.snapshot.Runtimes;
import io.datastored.engine.snapshot.ServedSection;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.engine.snapshot.SnapshotBuilder;
import io.datastored.engine.snapshot.Successor;
import io.datastored.file.StoreException;
import io.datastored.history.AcceptedState;
import io.datastored.history.AcceptedText;
import io.datastored.history.ConfigContent;
import io.datastored.history.Store;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A snapshot publisher holds the current snapshot and its document. Readers see one immutable
 * object through one volatile field; everything else is confined to the thread that holds {@link
 * Committer}'s gate.
 */
final class SnapshotPublisher {

  private static final Logger log = LoggerFactory.getLogger(SnapshotPublisher.class);

  private static final int MOST_NAMES_LOGGED = 10;

  private final Runtimes runtimes;
  private final SnapshotBuilder builder;
  private final InstantSource clock;
  private final Executor telling;
  private final Leaving leaving;
  private final List<ChangeListener> listeners = new CopyOnWriteArrayList<>();

  private @Nullable ConfigDocument document;

  /** The snapshot as published; {@link #current} may refuse more than it. */
  private Snapshot published;

  private volatile Snapshot current;

  /**
   * @param telling notifies listeners, one change after the other
   */
  SnapshotPublisher(
      Runtimes runtimes,
      SnapshotBuilder builder,
      AcceptedState initial,
      InstantSource clock,
      Executor telling,
      Leaving leaving) {
    this.telling = telling;
    this.runtimes = runtimes;
    this.builder = builder;
    this.clock = clock;
    this.leaving = leaving;
    this.published = new Snapshot(initial, NameMap.of(), LastGood.Served.NOTHING);
    this.current = published;
  }

  Snapshot current() {
    return current;
  }

  Subscription addListener(ChangeListener listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /** Whether nothing has been read yet. */
  boolean empty() {
    return document == null;
  }

  /** The document of the snapshot. */
  ConfigDocument document() {
    if (document == null) {
      throw new IllegalStateException("nothing has been read yet");
    }
    return document;
  }

  /** Parses a content. Sections unchanged since the previous document stay the same objects. */
  ConfigDocument parse(ConfigContent content) {
    return document == null
        ? ConfigDocument.parse(content.bytes())
        : ConfigDocument.parse(content.bytes(), document);
  }

  /** What is served of {@code parsed}, which is or follows the content of {@code state}. */
  LastGood.Served serve(AcceptedState state, ConfigDocument parsed) {
    ConfigDocument earlier = document;
    return Optional.ofNullable(earlier)
        .flatMap(last -> LastGood.step(parsed, last, current.served()))
        .orElseGet(
            () ->
                LastGood.serve(
                    parsed,
                    new AcceptedVersions(state, current),
                    current.faults(),
                    clock.instant()));
  }

  /**
   * The successor if an edit is accepted.
   *
   * @param edit what was seen
   */
  Successor accepting(Store.Seen edit) {
    ConfigContent content = edit.content();
    AcceptedText text = AcceptedText.of(content.digest(), content.bytes());
    return successor(edit.state(), parse(content), text, Map.of(), Map.of());
  }

  /** The successor with a new state of devices; those not given keep theirs. */
  Successor knowing(Map<DatastoreName, Boolean> mounted) {
    AcceptedState present = current.state();
    return successor(present, document(), present.text(), mounted, Map.of());
  }

  /**
   * The successor if {@code next} replaces the configuration.
   *
   * @param notes what only the caller knows of a datastore's mode
   */
  Successor replacing(ConfigDocument next, Map<DatastoreName, ModeAnnotations> notes) {
    byte[] text = next.toBytes();
    if (Arrays.equals(text, document().toBytes())) {
      return successor(current.state(), next, current.state().text(), Map.of(), notes);
    }
    ConfigContent content = ConfigContent.of(text);
    Successor edited =
        successor(current.state(), next, AcceptedText.of(content.digest(), text), Map.of(), notes);
    return new Successor(next, Optional.of(content), edited.state(), edited.served());
  }

  private Successor successor(
      AcceptedState before,
      ConfigDocument next,
      AcceptedText text,
      Map<DatastoreName, Boolean> mounted,
      Map<DatastoreName, ModeAnnotations> notes) {
    LastGood.Served served = serve(before, next);
    Optional<LastGood.Served> accepted =
        before == current.state() ? Optional.of(current.served()) : Optional.empty();
    AcceptedState state =
        new Proposal(served, mounted, notes)
            .after(before, accepted, text.digest(), clock.instant())
            .of(text);
    return new Successor(next, Optional.empty(), state, served);
  }

  /**
   * Announces the base paths that are left when {@code served} is served. Called before the commit.
   *
   * @param state the accepted state; its base paths count as left only for what has not been served
   *     yet
   */
  void announce(AcceptedState state, LastGood.Served served) throws StoreException {
    Map<DatastoreName, Path> left = new LinkedHashMap<>();
    NameMap<ServedSection> next = served.sections();
    if (empty()) {
      // Changed while no process was running: earlier grants were based on the accepted state.
      AcceptedVersions accepted = new AcceptedVersions(state, current);
      state
          .datastores()
          .forEach(
              (name, before) -> {
                ServedSection now = next.get(name);
                if (now == null || !now.fingerprint().equals(before.fingerprint())) {
                  accepted
                      .of(name)
                      .map(ConfigSection::settings)
                      .ifPresent(settings -> noteLeft(left, name, settings, now));
                }
              });
    } else {
      NameMap<ServedSection> before = current.served().sections();
      for (DatastoreName name :
          before.sharesNames(next) ? before.differences(next) : before.names()) {
        ServedSection was = before.get(name);
        ServedSection now = next.get(name);
        if (was != null && was != now) {
          noteLeft(left, name, was.settings(), now);
        }
      }
    }
    if (!left.isEmpty()) {
      leaving.before(left);
    }
  }

  private void noteLeft(
      Map<DatastoreName, Path> left,
      DatastoreName name,
      DatastoreSettings was,
      @Nullable ServedSection now) {
    Path before = builder.basePath(name, was);
    if (now == null || !builder.basePath(name, now.settings()).equals(before)) {
      left.put(name, before);
    }
  }

  /** The change that {@link #publish} would make. */
  Change preview(Successor next) {
    return builder.preview(current, next.state(), next.served());
  }

  /**
   * Refuses also what an uncommitted edit refuses. The generation stays: nothing more is granted,
   * so a decision on the previous snapshot counts as made before the edit.
   *
   * @param edited what would be served
   * @param why why it is not served, one sentence for display
   */
  void close(LastGood.Served edited, String why) {
    close(
        datastore -> {
          ServedSection section = edited.sections().get(datastore.name());
          return section == null
              ? datastore.closedFor(MaintenanceMode.OFFLINE, "an edit removes it, and " + why)
              : datastore.closedFor(
                  section.setting().mode(),
                  "an edit sets the maintenance mode "
                      + Maintenance.word(section.setting().mode(), section.modeAsWritten())
                      + ", and "
                      + why);
        });
  }

  /** Refuses every operation: there is an edit, and its content is unknown. */
  void closeAll(String why) {
    close(datastore -> datastore.closedFor(MaintenanceMode.OFFLINE, why));
  }

  private void close(UnaryOperator<Datastore> closing) {
    NameMap.Builder<Datastore> closed =
        NameMap.builder(published.served().sections(), published.byName().size());
    published.byName().forEach(one -> closed.put(one.name(), closing.apply(one)));
    current = new Snapshot(published.state(), closed.build(), published.served());
  }

  /** Refuses only what the accepted state refuses. */
  void reopen() {
    current = published;
  }

  /** Makes the snapshot of a committed state the current one, and notifies the listeners. */
  void publish(AcceptedState state, ConfigDocument parsed, LastGood.Served served) {
    Change change = builder.build(published, state, served);
    document = parsed;
    published = change.after();
    // Swap, then notify: a listener that knows a generation cannot be served an older one.
    current = published;
    FaultLog.tell(change.before().faults(), change.after().faults());
    runtimes.follow(change);
    if (change.generations() == 0) {
      return;
    }
    log.atInfo()
        .addKeyValue("revision", state.revision())
        .addKeyValue("changed", named(change.changed()))
        .addKeyValue("removed", named(change.removed()))
        .log("configuration changed");
    // Queued here, delivered on another thread: the publisher holds the commit lock, and a slow
    // listener must not delay the next commit. One thread keeps the order. Only present listeners
    // are notified: a later one finds the change in the snapshot already.
    Iterator<ChangeListener> told = listeners.iterator();
    telling.execute(() -> told.forEachRemaining(listener -> tell(listener, change)));
  }

  /** Notifies one listener. Its bug must not keep the others from being notified. */
  private static void tell(ChangeListener listener, Change change) {
    try {
      listener.onChange(change);
    } catch (Throwable e) {
      log.atError().setCause(e).log("a listener failed on {}", change.after().revision());
    }
  }

  /** The first few names, so that a log line stays readable. */
  private static String named(Set<DatastoreName> names) {
    String first =
        names.stream()
            .limit(MOST_NAMES_LOGGED)
            .map(DatastoreName::value)
            .collect(Collectors.joining(","));
    int more = names.size() - MOST_NAMES_LOGGED;
    return more > 0 ? "%s and %d more".formatted(first, more) : first;
  }
}
