package io.datastored.engine.health;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.config.DatastoreName;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * The troubles are the present problems of the server and of each datastore. Thread-safe: one lock,
 * held briefly; only the logger is called while it is held.
 *
 * <p>Troubles with different causes, or with one cause and different objects, neither overwrite nor
 * clear each other. Each is logged when it begins, when its message changes, and when it ends.
 * Raising it again with the same message does nothing, so a message must not contain a value that
 * changes by itself, such as an age.
 */
public final class Troubles {

  private static final Logger log = LoggerFactory.getLogger(Troubles.class);

  /** The identity of a trouble: {@code about} distinguishes the objects of one cause. Immutable. */
  private record Key(Optional<DatastoreName> datastore, TroubleCause cause, String about) {}

  private final InstantSource clock;

  @GuardedBy("this")
  private final Map<Key, Trouble> present = new LinkedHashMap<>();

  public Troubles(InstantSource clock) {
    this.clock = clock;
  }

  /** Raises a trouble of the server. */
  public void raise(TroubleCause cause, String message) {
    raise(cause, "", message);
  }

  /**
   * Raises a trouble of the server with one of several objects.
   *
   * @param about which one, such as the name of a task
   */
  public void raise(TroubleCause cause, String about, String message) {
    raise(new Key(Optional.empty(), cause, about), message, null);
  }

  /**
   * Raises a trouble of the server that is caused by a bug. The stack trace is logged once, as long
   * as the failure stays the same.
   *
   * @param failure the unexpected failure
   */
  public void raise(TroubleCause cause, String about, String message, Throwable failure) {
    raise(new Key(Optional.empty(), cause, about), message, failure);
  }

  /**
   * Raises a trouble of a datastore with one of several objects.
   *
   * @param about which one, such as a path
   */
  public void raise(DatastoreName datastore, TroubleCause cause, String about, String message) {
    raise(new Key(Optional.of(datastore), cause, about), message, null);
  }

  /** Clears the server's trouble, if there is one. */
  public void clear(TroubleCause cause) {
    clear(cause, "");
  }

  /** Clears the server's trouble with one of several objects, if there is one. */
  public void clear(TroubleCause cause, String about) {
    clear(new Key(Optional.empty(), cause, about));
  }

  /** Clears the troubles with one object, of the server and of every datastore. */
  public void clearEverywhere(TroubleCause cause, String about) {
    List<Key> over;
    synchronized (this) {
      over =
          present.keySet().stream()
              .filter(key -> key.cause() == cause && key.about().equals(about))
              .toList();
    }
    over.forEach(this::clear);
  }

  /** The troubles of the server itself: one entry for each cause, oldest first. */
  public ImmutableList<Trouble> ofServer() {
    return of(Optional.empty());
  }

  /** The troubles of one datastore: one entry for each cause, oldest first. */
  public ImmutableList<Trouble> of(DatastoreName datastore) {
    return of(Optional.of(datastore));
  }

  /** The datastores with a trouble of this cause, the longest first. */
  public synchronized ImmutableList<DatastoreName> datastoresWith(TroubleCause cause) {
    return present.keySet().stream()
        .filter(key -> key.cause() == cause)
        .flatMap(key -> key.datastore().stream())
        .distinct()
        .collect(ImmutableList.toImmutableList());
  }

  /** The server's trouble of one cause. */
  public Optional<Trouble> ofServer(TroubleCause cause) {
    return ofServer().stream().filter(trouble -> trouble.cause() == cause).findFirst();
  }

  private synchronized ImmutableList<Trouble> of(Optional<DatastoreName> whose) {
    if (present.isEmpty()) {
      return ImmutableList.of();
    }
    Map<TroubleCause, List<Trouble>> byCause = new EnumMap<>(TroubleCause.class);
    List<TroubleCause> oldestFirst = new ArrayList<>();
    present.forEach(
        (key, trouble) -> {
          if (key.datastore().equals(whose)) {
            byCause
                .computeIfAbsent(
                    key.cause(),
                    cause -> {
                      oldestFirst.add(cause);
                      return new ArrayList<>();
                    })
                .add(trouble);
          }
        });
    return oldestFirst.stream()
        .map(cause -> joined(Objects.requireNonNull(byCause.get(cause))))
        .collect(ImmutableList.toImmutableList());
  }

  private static Trouble joined(List<Trouble> ofOneCause) {
    Trouble oldest = ofOneCause.get(0);
    String message = String.join("; ", ofOneCause.stream().map(Trouble::message).toList());
    return new Trouble(oldest.cause(), message, oldest.since());
  }

  private synchronized void raise(Key key, String message, @Nullable Throwable failure) {
    Trouble before = present.get(key);
    if (before != null && before.message().equals(message)) {
      return;
    }
    // A replaced entry keeps its position: the oldest stays the oldest.
    present.put(
        key, new Trouble(key.cause(), message, before == null ? clock.instant() : before.since()));
    LoggingEventBuilder line =
        switch (key.cause().severity()) {
          case WARNING -> log.atWarn();
          case ERROR -> log.atError();
        };
    about(line, key).setCause(failure).log("{}", message);
  }

  private synchronized void clear(Key key) {
    Trouble over = present.remove(key);
    if (over != null) {
      about(log.atInfo(), key)
          .addKeyValue("since", over.since())
          .log("resolved: {}", over.message());
    }
  }

  private static LoggingEventBuilder about(LoggingEventBuilder line, Key key) {
    LoggingEventBuilder named = line.addKeyValue("trouble", key.cause());
    return key.datastore().map(name -> named.addKeyValue("datastore", name)).orElse(named);
  }

  @Override
  public synchronized String toString() {
    return "troubles " + present.values();
  }
}
