package io.datastored.service.page;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.Longs;
import io.datastored.access.Rights;
import io.datastored.access.Subject;
import io.datastored.access.Verb;
import io.datastored.config.DatastoreName;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A page group is all open pages of one class of rights: what they are sent is written once.
 * Confined to the lock of {@link PageFeed}. It keeps the last few changes, for pages that are a
 * little behind; others get everything again.
 */
final class PageGroup {
  private static final int MOST_STEPS = 16;
  private static final long MOST_BYTES = 1 << 20;

  /** Ticks after which a group that no page has come back to is forgotten. */
  private static final int KEPT_ALONE = 10;

  private final String id;
  private final Rights rights;
  private final Subject looker;
  private final ArrayDeque<Step> steps = new ArrayDeque<>();
  private ImmutableMap<String, String> parts = ImmutableMap.of();
  private @Nullable Step whole;
  private long version = 1;
  private int pages;
  private int alone;
  private boolean ended;

  /**
   * @param looker has these rights now
   */
  PageGroup(String id, Rights rights, Subject looker) {
    this.id = id;
    this.rights = rights;
    this.looker = looker;
  }

  /**
   * A step is an event that brings a page to a version. Immutable: nobody writes to the bytes.
   *
   * @param event as it is in an event stream
   */
  @SuppressWarnings("ArrayRecordComponent") // sent as it is, never compared
  record Step(long version, byte[] event) {}

  Rights rights() {
    return rights;
  }

  Subject looker() {
    return looker;
  }

  long version() {
    return version;
  }

  /** The version that a page has seen, as it was told; 0 if that is none of this group. */
  long version(String told) {
    return told.startsWith(id + ".")
        ? Objects.requireNonNullElse(Longs.tryParse(told.substring(id.length() + 1)), 0L)
        : 0;
  }

  void enter() {
    pages++;
    alone = 0;
  }

  void leave() {
    pages--;
  }

  /** Whether it can be forgotten; asked once per tick. */
  boolean isLeft() {
    return pages == 0 && ++alone > KEPT_ALONE;
  }

  /** No page may be shown anything more. */
  void end() {
    ended = true;
  }

  /** Whether its rights are still those of the looker whose view it shows. */
  boolean hasItsRights() {
    return !ended && looker.rights().equals(rights);
  }

  void begin(ImmutableMap<String, String> first) {
    parts = first;
  }

  /** Goes on to the next version. */
  void advance(
      Moment moment,
      Rows rows,
      ImmutableMap<String, String> next,
      Rows.Difference difference,
      Optional<Point> point) {
    version++;
    whole = null;
    Step step =
        step(
            moment,
            json -> {
              next.forEach(
                  (name, part) -> {
                    if (!part.equals(parts.get(name))) {
                      json.name(name).raw(part);
                    }
                  });
              if (!difference.changed().isEmpty()) {
                json.name("rows").beginArray();
                difference.changed().forEach(name -> row(name, rows, moment, json));
                json.endArray();
              }
              if (difference.gone().stream().anyMatch(this::sees)) {
                json.name("gone").beginArray();
                difference.gone().stream()
                    .filter(this::sees)
                    .forEach(name -> json.value(name.value()));
                json.endArray();
              }
              point
                  .filter(unused -> rights.allow(Verb.INSPECT))
                  .ifPresent(
                      each -> {
                        json.name("points").beginArray();
                        each.write(json);
                        json.endArray();
                      });
            });
    parts = next;
    steps.add(step);
    long bytes = steps.stream().mapToLong(each -> each.event().length).sum();
    while (steps.size() > MOST_STEPS || (bytes > MOST_BYTES && !steps.isEmpty())) {
      bytes -= steps.remove().event().length;
    }
  }

  private boolean sees(DatastoreName name) {
    return rights.allow(Verb.SEE, name);
  }

  private void row(DatastoreName name, Rows rows, Moment moment, JsonText json) {
    if (sees(name)) {
      json.raw(rows.row(name, rights.role(name), moment).json());
    }
  }

  /** The event that follows a version; empty if that is too long ago. */
  Optional<Step> since(long known) {
    return steps.stream().filter(step -> step.version() == known + 1).findFirst();
  }

  /** The event that shows everything; written once per version. */
  Step everything(Rows rows, Moment moment, ImmutableList<Point> points) {
    Step known = whole;
    if (known == null) {
      known =
          step(
              moment,
              json -> {
                json.name("all").value(true);
                parts.forEach((name, part) -> json.name(name).raw(part));
                json.name("rows").beginArray();
                rows.names().forEach(name -> row(name, rows, moment, json));
                json.endArray().name("points").beginArray();
                points.forEach(point -> point.write(json));
                json.endArray();
              });
      whole = known;
    }
    return known;
  }

  private Step step(Moment moment, Consumer<JsonText> content) {
    String text =
        JsonText.object(
            json -> {
              json.name("v").value(id + "." + version);
              json.name("at").value(moment.now().toEpochMilli());
              content.accept(json);
            });
    return new Step(version, ("data: " + text + "\n\n").getBytes(UTF_8));
  }
}
