package io.datastored.access;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An audit pace limits the lines about denials to a few per second and principal, and counts the
 * others, so that no client can fill the audit log. Thread-safe: under its lock, which is held
 * briefly. Its memory is bounded: principals that find no place share one.
 */
final class AuditPace {

  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private static final int MOST_PRINCIPALS = 1_000;

  /**
   * An omission is a number of denials that got no line. Immutable.
   *
   * @param principal empty: of several
   */
  record Omission(Optional<Principal> principal, long count) {}

  /**
   * A turn is the answer to a denial. Immutable.
   *
   * @param admitted whether it gets a line of its own
   * @param before what was omitted of the same principal and is to be written before it
   */
  record Turn(boolean admitted, Optional<Omission> before) {}

  /** A window is a second in which denials are counted. */
  private static final class Window {
    final long began;
    long seen;

    Window(long began) {
      this.began = began;
    }

    boolean isOver(long now) {
      return now - began >= SECOND;
    }
  }

  private final int perSecond;

  @GuardedBy("this")
  private final Map<Optional<Principal>, Window> windows = new HashMap<>();

  AuditPace(int perSecond) {
    this.perSecond = perSecond;
  }

  /** Counts a denial. */
  synchronized Turn next(Principal denied, long now) {
    Optional<Principal> key = Optional.of(denied);
    if (!windows.containsKey(key) && windows.size() >= MOST_PRINCIPALS) {
      key = Optional.empty();
    }
    Window window = windows.get(key);
    Optional<Omission> before = Optional.empty();
    if (window == null || window.isOver(now)) {
      before = omission(key, window);
      window = new Window(now);
      windows.put(key, window);
    }
    window.seen++;
    return new Turn(window.seen <= perSecond, before);
  }

  /** Forgets the principals whose second is over, and returns what was omitted of them. */
  synchronized ImmutableList<Omission> over(long now) {
    ImmutableList.Builder<Omission> omissions = ImmutableList.builder();
    Iterator<Map.Entry<Optional<Principal>, Window>> each = windows.entrySet().iterator();
    while (each.hasNext()) {
      Map.Entry<Optional<Principal>, Window> next = each.next();
      if (next.getValue().isOver(now)) {
        each.remove();
        omission(next.getKey(), next.getValue()).ifPresent(omissions::add);
      }
    }
    return omissions.build();
  }

  private Optional<Omission> omission(Optional<Principal> principal, @Nullable Window window) {
    return window == null || window.seen <= perSecond
        ? Optional.empty()
        : Optional.of(new Omission(principal, window.seen - perSecond));
  }
}
