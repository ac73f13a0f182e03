package io.datastored.service.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.Longs;
import com.google.gson.JsonArray;
import io.datastored.access.Rights;
import io.datastored.access.Subject;
import io.datastored.access.Verb;
import io.datastored.config.DatastoreName;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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
    Map<String, String> members = new LinkedHashMap<>();
    next.forEach(
        (name, part) -> {
          if (!part.equals(parts.get(name))) {
            members.put(name, part);
          }
        });
    if (!difference.changed().isEmpty()) {
      members.put("rows", rows(difference.changed(), rows, moment));
    }
    var gone = new JsonArray();
    difference.gone().stream().filter(this::sees).forEach(name -> gone.add(name.value()));
    if (!gone.isEmpty()) {
      members.put("gone", gone.toString());
    }
    point
        .filter(unused -> rights.allow(Verb.INSPECT))
        .ifPresent(each -> members.put("points", points(ImmutableList.of(each))));
    Step step = step(moment, members);
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

  private String rows(Collection<DatastoreName> names, Rows rows, Moment moment) {
    return names.stream()
        .filter(this::sees)
        .map(name -> rows.row(name, rights.role(name), moment).json())
        .collect(joining(",", "[", "]"));
  }

  private static String points(List<Point> points) {
    var json = new JsonArray();
    points.forEach(point -> json.add(point.json()));
    return json.toString();
  }

  /** The event that follows a version; empty if that is too long ago. */
  Optional<Step> since(long known) {
    return steps.stream().filter(step -> step.version() == known + 1).findFirst();
  }

  /** The event that shows everything; written once per version. */
  Step everything(Rows rows, Moment moment, ImmutableList<Point> points) {
    Step known = whole;
    if (known == null) {
      Map<String, String> members = new LinkedHashMap<>();
      members.put("all", "true");
      members.putAll(parts);
      members.put("rows", rows(rows.names(), rows, moment));
      members.put("points", points(points));
      known = step(moment, members);
      whole = known;
    }
    return known;
  }

  /** The event of this version: an object whose members have these values, which are JSON. */
  private Step step(Moment moment, Map<String, String> members) {
    String rest =
        members.entrySet().stream()
            .map(member -> ",\"" + member.getKey() + "\":" + member.getValue())
            .collect(joining());
    String text =
        "{\"v\":\"%s.%d\",\"at\":%d%s}".formatted(id, version, moment.now().toEpochMilli(), rest);
    return new Step(version, ("data: " + text + "\n\n").getBytes(UTF_8));
  }
}
