package io.datastored.config.document;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSortedMap;
import io.datastored.config.Backend;
import io.datastored.config.ByteSize;
import io.datastored.config.CalendarEvent;
import io.datastored.config.DatastoreName;
import io.datastored.config.DatastoreSettings;
import io.datastored.config.DatastoreSettingsBuilder;
import io.datastored.config.MaintenanceSetting;
import io.datastored.config.PropertyFault;
import io.datastored.config.Tuning;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What may be written, against the rules of Proxmox Backup Server 4.2.3 stated once more, in
 * another way: patterns and ranges.
 */
final class WrittenValuesTest {

  private static final Path MOUNTS = Path.of("/mnt/datastore");
  private static final DatastoreName NAME = DatastoreName.of("main");

  private static final String NUMBER = "(\\d+)";
  private static final String EACH = "\\d++(?:\\.\\.\\d++)?(?:/\\d++)?";
  private static final String RANGE = "(?:" + EACH + "(?:," + EACH + ")*|\\*(?:/\\d++)?)";
  private static final String DAY =
      "(?i:monday|mon|tuesday|tue|wednesday|wed|thursday|thu|friday|fri|saturday|sat|sunday|sun)";
  private static final String DAYS =
      "(?:" + DAY + "(?:\\.\\." + DAY + ")?(?:," + DAY + "(?:\\.\\." + DAY + ")?)*)";

  /** Each form, with the limits of its numbers in order. */
  private static final ImmutableList<Map.Entry<Pattern, List<Integer>>> CALENDARS = calendars();

  private static ImmutableList<Map.Entry<Pattern, List<Integer>>> calendars() {
    Map<String, List<Integer>> dates =
        ImmutableMap.of(
            "", List.of(),
            "(R)-(R)-(R)", List.of(2200, 13, 32),
            "(R)-(R)", List.of(13, 32));
    Map<String, List<Integer>> times =
        ImmutableMap.of(
            "", List.of(),
            "(R)", List.of(60),
            "(R):(R)", List.of(24, 60),
            "(R):(R) ", List.of(60, 60),
            "(R):(R):(R)", List.of(24, 60, 60));
    ImmutableList.Builder<Map.Entry<Pattern, List<Integer>>> all = ImmutableList.builder();
    for (String days : List.of("", DAYS + "[ \t]*")) {
      dates.forEach(
          (date, dateLimits) ->
              times.forEach(
                  (time, timeLimits) -> {
                    String blank = date.isEmpty() ? "" : "[ \t]*";
                    String form = (date + blank + time.strip()).replace("R", RANGE);
                    all.add(
                        Map.entry(
                            Pattern.compile(days + form),
                            Stream.concat(dateLimits.stream(), timeLimits.stream()).toList()));
                  }));
    }
    return all.build();
  }

  private static boolean isCalendar(String text) {
    String event = text.endsWith("UTC") ? text.replaceFirst(" *UTC$", "") : text;
    if (List.of("minutely hourly daily weekly monthly quarterly yearly annually".split(" "))
            .contains(event)
        || event.equals("semiannually")
        || event.equals("semi-annually")) {
      return true;
    }
    return !event.isEmpty()
        && CALENDARS.stream()
            .anyMatch(
                form -> {
                  Matcher matcher = form.getKey().matcher(event);
                  return matcher.matches() && areInRange(matcher, form.getValue());
                });
  }

  private static boolean areInRange(Matcher form, List<Integer> limits) {
    for (int group = 1; group <= limits.size(); group++) {
      String numbers = form.group(group);
      if (numbers.equals("*/0")) {
        return false;
      }
      for (String part : numbers.split(",")) {
        Matcher each = Pattern.compile(NUMBER).matcher(part);
        while (each.find()) {
          if (each.group().length() > 9
              || Integer.parseInt(each.group()) >= limits.get(group - 1)) {
            return false;
          }
        }
        Matcher range = Pattern.compile("(\\d+)\\.\\.(\\d+).*").matcher(part);
        if (range.matches()
            && Integer.parseInt(range.group(1)) > Integer.parseInt(range.group(2))) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean isPrintable(String text) {
    return !Pattern.compile(
            "[\\p{Cntrl}\\p{Zl}\\p{Zp}\u0080-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
        .matcher(text)
        .find();
  }

  private static boolean isLine(String text, int max) {
    return isPrintable(text)
        && text.codePointCount(0, text.length()) <= max
        && !text.matches("(?sU)\\s.*|.*\\s");
  }

  private static boolean isThresholds(String text) {
    String number = "[+]?0*[0-9]{1,18}";
    String size = "[+]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?\\s*[kKmMgGtTpP]?i?[bB]?";
    String pair =
        "(s3-(get|put|post|head|delete)=(%s|\"%s\")|s3-(upload|download)=(%s|\"%s\"))"
            .formatted(number, number, size, size);
    List<String> keys =
        Stream.of(text.split(",")).map(part -> part.split("=", 2)[0]).distinct().toList();
    return text.matches(pair + "(," + pair + ")*,?") && keys.size() == text.split(",").length;
  }

  /** One property: how it is set, what may be written, and values at the edges of that. */
  record Row(String key, Setter setter, Predicate<String> reference, List<String> values) {
    @Override
    public String toString() {
      return key;
    }
  }

  private interface Setter {
    DatastoreSettingsBuilder set(DatastoreSettingsBuilder into, Optional<String> value);
  }

  private static final List<String> CALENDAR_VALUES =
      List.of(
          "bananas",
          "daily",
          "Daily",
          "DAILY",
          "daily UTC",
          "dailyUTC",
          "daily  UTC",
          "UTC",
          "daily 04:15",
          "@daily",
          "0 3 * * *",
          "*-*~1",
          "*-05~03",
          "0:60",
          "24:00",
          "23:59:59",
          "0:0:60",
          "mon",
          "MON",
          "Monday 1:00",
          "mon..fri",
          "fri..mon 2",
          "mon..",
          "..fri",
          "mon-fri",
          "mon - fri",
          "mon,tue,",
          "mon,,tue",
          "moon",
          "mon..fri 8..17,22:0/15",
          "8-17:00",
          "5..3:0",
          "3..5:0",
          "3..5/2:0",
          "*/2:0",
          "*/0:0",
          "0/0:0",
          "*/:0",
          "*",
          "*:*",
          "*:*:*",
          "1-1",
          "13-1",
          "1-32",
          "0-1",
          "*-*-*",
          "*-*-* 14:00:00",
          "2024-01-01",
          "2199-1-1",
          "2200-1-1",
          "2024-13-1",
          "sat 18:15",
          "sun 03:00 Europe/Berlin",
          "02:30 UTC",
          "2,22:30",
          "2:00/15",
          "99",
          "59",
          "60",
          "1:2:3:4",
          "99999999999:0",
          "mon*-1..7 18:00",
          "monthly",
          "semi-annually",
          "semiannually",
          "quarterly",
          "annually",
          "yearly",
          "half-yearly",
          "every tuesday",
          "-1",
          "1,2,3-4",
          "1/5-2",
          "1..2/3..4:0",
          "+1:0",
          "");

  private static final List<String> LINES =
      List.of(
          "",
          "x",
          " x",
          "x ",
          "\u00a0x",
          "a\u0085b",
          "a\u009bb",
          "a\nb",
          "a\tb",
          "a\u007fb",
          "a\u202eb",
          "a\u2066b",
          "a\u200fb",
          "a\u2028b",
          "a\u2029b",
          "😀".repeat(128),
          "😀".repeat(129),
          "ü".repeat(128),
          "ü".repeat(129),
          "# not a comment",
          "a: b",
          "\ufeffx",
          "a\u0000b");

  static Stream<Row> rows() {
    return Stream.of(
        new Row("comment", DatastoreSettingsBuilder::comment, text -> isLine(text, 128), LINES),
        new Row(
            "gc-schedule",
            DatastoreSettingsBuilder::gcSchedule,
            WrittenValuesTest::isCalendar,
            CALENDAR_VALUES),
        new Row(
            "counter-reset-schedule",
            DatastoreSettingsBuilder::counterResetSchedule,
            WrittenValuesTest::isCalendar,
            CALENDAR_VALUES),
        new Row(
            "notify-user",
            DatastoreSettingsBuilder::notifyUser,
            text ->
                isPrintable(text)
                    && text.codePointCount(0, text.length()) <= 64
                    && text.matches(
                        "[^\\s:/\u00a0\u2000-\u200a\u3000]+@[A-Za-z0-9_][A-Za-z0-9._-]{1,31}"),
            List.of(
                "root@pam",
                "admin@x",
                "a@b",
                "rr@p",
                "a@@b",
                "@@a",
                "@@pam",
                "@pam",
                "root",
                "a b@pam",
                "a:b@pam",
                "a/b@pam",
                "é@pam",
                "a\u00a0@pam",
                "a\u0085@pam",
                "a\u0080@pam",
                "root@pam!token",
                "a@" + "b".repeat(32),
                "a@" + "b".repeat(33),
                "a".repeat(60) + "@pam",
                "a".repeat(61) + "@pam",
                "a@.x",
                "a@-x",
                "a@x.",
                "a\u202e@pam",
                "")),
        new Row(
            "notification-thresholds",
            DatastoreSettingsBuilder::notificationThresholds,
            WrittenValuesTest::isThresholds,
            List.of(
                "s3-get=ten",
                "foo",
                "foo=1",
                "s3-get=1,s3-get=2",
                "s3-get=1",
                "s3-get=-1",
                "s3-get=+1",
                "s3-get=",
                "s3-get=1.5",
                "s3-get=1k",
                "s3-get=0",
                "s3-put=7,s3-post=8",
                "s3-get=99999999999999999999",
                "s3-upload=1.5 TiB",
                "s3-upload=x",
                "s3-upload=",
                "s3-download=5TB,s3-head=1",
                "s3-upload=1e3",
                "s3-upload=-1",
                "s3-get=\"1\"",
                "s3-get=1,",
                ",",
                "s3-get=1 ",
                "s3-get=1, s3-put=1",
                "warning=80",
                "S3-get=1",
                "\u0090",
                "s3-upload=5EiB")),
        new Row(
            "path",
            (into, value) -> into.path(value.orElse("")),
            text ->
                text.startsWith("/")
                    && isLine(text, 4096)
                    && text.getBytes(java.nio.charset.StandardCharsets.UTF_8).length <= 4096
                    && !Path.of(text.contains("\0") ? "/" : text).normalize().equals(Path.of("/")),
            List.of(
                "/srv",
                "/",
                "//",
                "/.",
                "/..",
                "/srv/..",
                "srv",
                "",
                "/s\u0085v",
                "/s\u202ev",
                "/a b",
                "/a ",
                "/" + "x".repeat(4095),
                "/" + "x".repeat(4096),
                "/ü",
                "/a\u0000b",
                "/a\nb")),
        new Row(
            "backing-device",
            (into, value) -> into.backingDevice(value).path("d"),
            text -> text.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
            List.of(
                "01234567-89ab-cdef-0123-456789abcdef",
                "01234567-89AB-cdef-0123-456789abcdef",
                "0123456789abcdef0123456789abcdef",
                "",
                "01234567-89ab-cdef-0123-456789abcde",
                "01234567-89ab-cdef-0123-456789abcdef0")),
        new Row(
            "tuning.gc-atime-cutoff",
            (into, value) -> into.tuning(value.map(text -> tuning(text, 3))),
            text -> Integer.parseInt(text) >= 1 && Integer.parseInt(text) <= 2880,
            numbers()),
        new Row(
            "tuning.gc-cache-capacity",
            (into, value) -> into.tuning(value.map(text -> tuning(text, 4))),
            text -> Integer.parseInt(text) >= 0 && Integer.parseInt(text) <= 8388608,
            numbers()),
        new Row(
            "tuning.default-verification-workers",
            (into, value) -> into.tuning(value.map(text -> tuning(text, 5))),
            text -> Integer.parseInt(text) >= 1 && Integer.parseInt(text) <= 32,
            numbers()),
        new Row(
            "tuning.default-verification-readers",
            (into, value) -> into.tuning(value.map(text -> tuning(text, 6))),
            text -> Integer.parseInt(text) >= 1 && Integer.parseInt(text) <= 32,
            numbers()),
        new Row(
            "backend.bucket",
            (into, value) -> into.backend(Optional.of(s3("client", value.orElse(""), 1))),
            text ->
                text.matches("[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
                    && !text.matches("(xn--|sthree-|amzn-s3-demo-).*|.*(--ol-s3|--x-s3)"),
            List.of(
                "abc",
                "ab",
                "a.b.c",
                "a".repeat(63),
                "a".repeat(64),
                "-ab",
                "ab-",
                "Abc",
                "a_b",
                "xn--abc",
                "sthree-abc",
                "amzn-s3-demo-x",
                "ab--ol-s3",
                "ab--x-s3",
                "ab-s3alias",
                "ab--table-s3",
                "ab.mrap",
                "1.2.3.4",
                "123",
                "",
                "a,b")),
        new Row(
            "backend.client",
            (into, value) -> into.backend(Optional.of(s3(value.orElse(""), "bucket", 1))),
            text -> text.matches("[A-Za-z0-9_][A-Za-z0-9._-]{2,31}"),
            List.of("abc", "ab", "a".repeat(32), "a".repeat(33), ".ab", "-ab", "_ab", "a b", "")),
        new Row(
            "backend.max-cache-size",
            (into, value) ->
                into.backend(
                    Optional.of(s3("client", "bucket", Long.parseLong(value.orElseThrow())))),
            text -> true,
            List.of("0", "1", "500000000000", "536870912000", "9007199254740992", "1023")),
        new Row(
            "verify-mode",
            (into, value) ->
                into.otherProperties(ImmutableSortedMap.of("verify-mode", value.orElseThrow())),
            text -> false,
            List.of("fast", "x y", "")));
  }

  private static List<String> numbers() {
    return List.of("-1", "0", "1", "2", "32", "33", "2880", "2881", "8388608", "8388609");
  }

  private static Tuning tuning(String text, int place) {
    OptionalInt number = OptionalInt.of(Integer.parseInt(text));
    OptionalInt none = OptionalInt.empty();
    return new Tuning(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        place == 3 ? number : none,
        place == 4 ? number : none,
        place == 5 ? number : none,
        place == 6 ? number : none);
  }

  private static Backend s3(String client, String bucket, long size) {
    return new Backend(
        Backend.BackendKind.S3,
        Optional.of(client),
        Optional.of(bucket),
        Optional.of(new ByteSize(size)));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void writeFaultsOf_eachValue_areThoseOfTheReference(Row row) {
    for (String value : row.values()) {
      DatastoreSettings settings =
          row.setter()
              .set(DatastoreSettings.of("/srv/main").toBuilder(), Optional.of(value))
              .build();

      ImmutableList<PropertyFault> faults =
          ConfigDocument.EMPTY.writeFaultsOf(NAME, settings, MOUNTS);

      assertThat(faults.isEmpty())
          .as("%s '%s' %s", row.key(), value, faults)
          .isEqualTo(row.reference().test(value));
      if (faults.isEmpty()) {
        ConfigDocument written =
            ConfigDocument.EMPTY.withSection(NAME, settings, MaintenanceSetting.NONE);
        assertThat(written.pbsNotes()).as(written.toText()).isEmpty();
        assertThat(ConfigDocument.parse(written.toText()).sections().get(NAME).settings())
            .isEqualTo(settings);
      } else {
        assertThat(faults).allMatch(fault -> fault.property().startsWith(row.key()));
      }
    }
  }

  @Test
  void isEvent_ofRandomTexts_isWhatTheReferenceSays() {
    String[] parts = {
      "mon", "Fri", "sunday", "..", ",", "-", ":", "/", "*", " ", "UTC", "1", "2", "12", "13", "24",
      "31", "32", "60", "2024", "2200", "0", "daily", "*-*-*", "\t", "0/5", "x"
    };
    SplittableRandom random = new SplittableRandom(20261128);
    int events = 0;
    for (int i = 0; i < 200_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int k = random.nextInt(1, 9); k > 0; k--) {
        text.append(parts[random.nextInt(parts.length)]);
      }
      boolean is = CalendarEvent.isEvent(text.toString());
      events += is ? 1 : 0;
      assertThat(is).as(text.toString()).isEqualTo(isCalendar(text.toString()));
    }
    assertThat(events).isGreaterThan(5_000);
  }

  @Test
  void writeFaultsOf_whatStandsThereAlready_isNotChecked() {
    ConfigDocument document =
        ConfigDocument.parse(
            "datastore: main\n\tgc-schedule bananas\n\tfuture 1\n\tnotify-user a@b\n\tpath /srv\n");
    DatastoreSettings present = document.sections().get(NAME).settings();

    assertThat(
            document.writeFaultsOf(
                NAME, present.toBuilder().comment(Optional.of("x")).build(), MOUNTS))
        .isEmpty();
    assertThat(
            document.writeFaultsOf(
                NAME,
                present.toBuilder().otherProperties(ImmutableSortedMap.of("future", "2")).build(),
                MOUNTS))
        .extracting(PropertyFault::message)
        .containsExactly(
            "future is not a property of Proxmox Backup Server 4.2, which would refuse the whole"
                + " file: if it is meant, add its line to the file by hand, where it is kept");
  }
}
