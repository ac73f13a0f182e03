package io.datastored.config.document;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.DatastoreSettings;
import io.datastored.config.Property;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every property with values that are right and values that are not. */
final class PropertyTableTest {

  /**
   * A property.
   *
   * @param valid values; behind {@code " -> "} how it is written anew where that differs
   */
  record Row(String key, List<String> valid, List<String> invalid) {
    @Override
    public String toString() {
      return key;
    }
  }

  private static final List<String> EVENTS =
      List.of(
          "daily",
          "sun 03:00",
          "mon..fri 8..17,22:0/15",
          "sat *-1..7 18:00",
          "*:0/5",
          "2026-10-3 UTC",
          "Monday,Wed semi-annually",
          "*-*~1",
          "1..3,5");
  private static final List<String> NO_EVENTS =
      List.of("", "-", "daily!", "ü", "sun\t03:00", "a(b)");
  private static final List<String> BOOLEANS =
      List.of(
          "true",
          "false",
          "1 -> true",
          "on -> true",
          "YES -> true",
          "True -> true",
          "0 -> false",
          "off -> false",
          "No -> false");
  private static final List<String> NO_BOOLEANS = List.of("", "maybe", "2", "tru", "yes please");
  private static final List<String> COUNTS = List.of("1", "7", "2147483647", "+5 -> 5", "007 -> 7");
  private static final List<String> NO_COUNTS =
      List.of(
          "", "0", "-1", "1.5", "x", "9223372036854775808", "99999999999999999999999", "1 2", "+");

  static List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    rows.add(
        new Row(
            "comment",
            List.of(
                "x", "", "x".repeat(128), "ü".repeat(128), "😀".repeat(128), "# a, b: \"c\" \\"),
            List.of("x".repeat(129), "a\tb", "a\u007fb", "a\u0001")));
    rows.add(
        new Row(
            "backing-device",
            List.of(),
            List.of(
                "",
                "0F4C2A6E-1B7D-4C55-9D7E-6A2B3C4D5E6F",
                "0f4c2a6e-1b7d-4c55-9d7e-6a2b3c4d5e6",
                "0f4c2a6e1b7d4c559d7e6a2b3c4d5e6f0000",
                "g" + "0f4c2a6e-1b7d-4c55-9d7e-6a2b3c4d5e6f".substring(1))));
    for (String key : List.of("gc-schedule", "prune-schedule", "counter-reset-schedule")) {
      rows.add(new Row(key, EVENTS, NO_EVENTS));
    }
    for (String key : List.of("gc-on-unmount", "verify-new")) {
      rows.add(new Row(key, BOOLEANS, NO_BOOLEANS));
    }
    for (String rule : List.of("last", "hourly", "daily", "weekly", "monthly", "yearly")) {
      rows.add(new Row("keep-" + rule, COUNTS, NO_COUNTS));
    }
    rows.add(
        new Row(
            "notify-user",
            List.of("root@pam", "ops@pbs", "a@b", "jörg@x.y-z", "a@b@pbs", "x".repeat(60) + "@pbs"),
            List.of(
                "",
                "root",
                "@pam",
                "root@",
                "ro ot@pam",
                "a:b@pam",
                "a/b@pam",
                "a@b c",
                "x".repeat(61) + "@pbs")));
    rows.add(
        new Row(
            "notify",
            List.of(
                "gc=always",
                "gc=error,verify=always,sync=never,prune=error",
                "prune=never,gc=error -> gc=error,prune=never",
                "gc=\"error\" -> gc=error",
                "gc=error, -> gc=error"),
            List.of(
                "always",
                "gc=sometimes",
                "gc",
                "gc=error,gc=error",
                "gc=error, sync=error",
                "x=error",
                "gc=Error")));
    rows.add(
        new Row(
            "notification-mode",
            List.of("legacy-sendmail", "notification-system"),
            List.of("", "mail", "Legacy-Sendmail", "legacy-sendmail,")));
    rows.add(
        new Row(
            "tuning",
            List.of(
                "chunk-order=none",
                "chunk-order=inode,sync-level=filesystem",
                "sync-level=file,chunk-order=none -> chunk-order=none,sync-level=file",
                "sync-level=none",
                "gc-atime-safety-check=off -> gc-atime-safety-check=false",
                "gc-atime-cutoff=1",
                "gc-atime-cutoff=2880",
                "gc-cache-capacity=0",
                "gc-cache-capacity=8388608",
                "default-verification-workers=4,default-verification-readers=1"),
            List.of(
                "none",
                "chunk-order=random",
                "sync-level=fs",
                "gc-atime-safety-check=maybe",
                "gc-atime-cutoff=0",
                "gc-atime-cutoff=2881",
                "gc-atime-cutoff=x",
                "gc-cache-capacity=-1",
                "gc-cache-capacity=8388609",
                "default-verification-workers=-1",
                "default-verification-readers=1.5",
                "unknown=1",
                "chunk-order=none;sync-level=file")));
    rows.add(
        new Row(
            "backend",
            List.of(
                "filesystem",
                "type=filesystem -> filesystem",
                "s3,client=minio-eu,bucket=pbs-prod",
                "bucket=pbs.prod,type=s3,client=c_1 -> s3,client=c_1,bucket=pbs.prod",
                "s3,client=abc,bucket=abc,max-cache-size=500GiB",
                "s3,client=abc,bucket=abc,max-cache-size=1024 mib -> s3,client=abc,bucket=abc,max-cache-size=1GiB",
                "s3,client=abc,bucket=abc,max-cache-size=1.5K -> s3,client=abc,bucket=abc,max-cache-size=1500"),
            List.of(
                "s4",
                "s3",
                "s3,client=minio",
                "s3,bucket=pbs-prod",
                "s3,client=ab,bucket=abc",
                "s3,client=.ab,bucket=abc",
                "s3,client=abc,bucket=ab",
                "s3,client=abc,bucket=Abc",
                "s3,client=abc,bucket=a..b",
                "s3,client=abc,bucket=xn--abc",
                "s3,client=abc,bucket=192.168.0.1",
                "s3,client=abc,bucket=-abc",
                "s3,client=abc,bucket=" + "a".repeat(64),
                "s3,client=abc,bucket=abc,max-cache-size=much",
                "s3,client=abc,bucket=abc,max-cache-size=-1",
                "s3,client=abc,bucket=abc,max-cache-size=9EiB",
                "filesystem,client=abc",
                "filesystem,max-cache-size=1GiB",
                "s3,s3")));
    rows.add(
        new Row(
            "notification-thresholds",
            List.of("get=1000,put=5", ""),
            List.of("a\u0001b", "x".repeat(4097))));
    rows.add(
        new Row(
            "maintenance-mode",
            List.of(
                "read-only",
                "offline",
                "delete",
                "unmount",
                "s3-refresh",
                "type=offline -> offline",
                "offline, -> offline",
                "\"offline\" -> offline",
                "offline,message=x",
                "message=x,type=offline -> offline,message=x",
                "offline,message=\"x\" -> offline,message=x",
                "offline,message=\"a, b\"",
                "offline,message=\"a \\\"b\\\" \\\\\"",
                "offline,message=it is 5\" wide -> offline,message=\"it is 5\\\" wide\"",
                "offline,message= -> offline",
                "offline,message=\" x \"",
                "offline,message=" + "ü".repeat(64)),
            List.of(
                "",
                "none",
                "paused",
                "offline,message=swap, soon",
                "offline, message=x",
                "offline,message=\"abc",
                "offline,message=\"a\\nb\"",
                "offline,message=\"a\\tb\"",
                "offline,message=\"a\"b",
                "message=x",
                "offline,offline",
                "offline;message=x",
                "offline,message=" + "x".repeat(65),
                "Offline",
                "offline,type=offline")));
    return rows;
  }

  private static ConfigDocument parse(Row row, String value) {
    return ConfigDocument.parse("datastore: s01\n\tpath /a\n\t" + row.key() + " " + value + "\n");
  }

  @ParameterizedTest
  @MethodSource("rows")
  void parse_validValue_isReadAndWrittenAnew(Row row) {
    for (String valid : row.valid()) {
      String[] parts = valid.split(" -> ", 2);
      ConfigDocument document = parse(row, parts[0]);
      assertThat(document.faultySections()).as(valid).isEmpty();
      assertThat(document.notices()).isEmpty();
      ConfigSection section = document.sections().values().get(0);

      ConfigDocument anew =
          ConfigDocument.EMPTY.withSection(
              section.name(), section.settings(), section.maintenance());

      assertThat(anew.toText()).contains("\n\t" + row.key() + " " + parts[parts.length - 1] + "\n");
      ConfigSection again = anew.sections().get(section.name());
      assertThat(again.settings()).isEqualTo(section.settings());
      assertThat(again.maintenance()).isEqualTo(section.maintenance());
      assertThat(again.fingerprint()).isEqualTo(section.fingerprint());
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void parse_invalidValue_isAFaultOfItsLineThatNamesTheProperty(Row row) {
    for (String invalid : row.invalid()) {
      ConfigDocument document = parse(row, invalid);

      assertThat(document.sections()).as(invalid).isEmpty();
      assertThat(document.faultySections().get(0).faults())
          .as(invalid)
          .anySatisfy(
              fault -> {
                assertThat(fault.property()).startsWith(row.key());
                assertThat(fault.line()).isEqualTo(3);
                assertThat(fault.message()).startsWith(row.key());
              });
    }
  }

  @Test
  void rows_coverEveryProperty() {
    List<String> elsewhere = List.of("path", "name");
    for (Property property : Property.values()) {
      if (!elsewhere.contains(property.key())) {
        assertThat(rows()).extracting(Row::key).contains(property.key());
      }
    }
    List<String> keys = java.util.Arrays.stream(Property.values()).map(Property::key).toList();
    assertThat(keys).isSorted();
  }

  @Test
  void emptyPropertyStrings_areAsGoodAsAbsent() {
    for (String key : List.of("notify", "tuning")) {
      ConfigDocument document = ConfigDocument.parse("datastore: s01\n\tpath /a\n\t" + key + " \n");
      assertThat(document.sections().values().get(0).settings())
          .isEqualTo(DatastoreSettings.of("/a"));
    }
  }
}
