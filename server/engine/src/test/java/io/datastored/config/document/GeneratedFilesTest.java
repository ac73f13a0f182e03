package io.datastored.config.document;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Generated files: sections as Proxmox Backup Server accepts them, in every spelling it accepts,
 * with what each must be read as, and mutations of them. {@code -Ddatastored.generatedFiles} says
 * how many.
 */
final class GeneratedFilesTest {

  private static final long SEED = 20261128;
  private static final int FILES = Integer.getInteger("datastored.generatedFiles", 4_000);

  /** A property as it is written, and what it is read as: pairs of key and value. */
  private record Spelling(String key, String written, String... reading) {}

  private static Spelling same(String key, String value) {
    return new Spelling(key, value, key, value);
  }

  private static final List<List<Spelling>> SPELLINGS =
      List.of(
          List.of(
              same("comment", "x"),
              same("comment", "a, b = \"c\" # d"),
              same("comment", "é😀".repeat(64)),
              same("comment", "50%20 off"),
              same("comment", "")),
          List.of(
              same("gc-schedule", "daily"),
              same("gc-schedule", "Mon..fri 8..17,22:0/15 UTC"),
              same("gc-schedule", "24:00"),
              same("gc-schedule", "*-*-1..7 4:00")),
          List.of(same("prune-schedule", "2,22:30"), same("prune-schedule", "semi-annually")),
          List.of(same("counter-reset-schedule", "monthly")),
          List.of(
              new Spelling("verify-new", "YES", "verify-new", "true"),
              new Spelling("verify-new", "0", "verify-new", "false"),
              new Spelling("verify-new", "oN", "verify-new", "true")),
          List.of(new Spelling("gc-on-unmount", "off", "gc-on-unmount", "false")),
          List.of(
              new Spelling("keep-last", "+7", "keep-last", "7"),
              new Spelling("keep-last", "0000000000000000000000000003", "keep-last", "3"),
              same("keep-last", "9223372036854775807")),
          List.of(same("keep-daily", "2147483648")),
          List.of(same("keep-yearly", "1")),
          List.of(same("notify-user", "root@pam"), same("notify-user", "é.@@a-1")),
          List.of(same("notification-mode", "legacy-sendmail")),
          List.of(
              new Spelling("notify", "gc=always,", "notify.gc", "always"),
              new Spelling("notify", "sync=\"error\",gc=", "notify.sync", "error"),
              new Spelling("notify", "")),
          List.of(
              new Spelling(
                  "tuning",
                  "gc-atime-cutoff=+2880,chunk-order=none",
                  "tuning.gc-atime-cutoff",
                  "2880",
                  "tuning.chunk-order",
                  "none"),
              new Spelling("tuning", "sync-level=,chunk-order="),
              new Spelling(
                  "tuning",
                  "default-verification-workers=32,gc-atime-safety-check=Off",
                  "tuning.default-verification-workers",
                  "32",
                  "tuning.gc-atime-safety-check",
                  "false")),
          List.of(
              new Spelling("backend", "client=,type=", "backend.type", "filesystem"),
              new Spelling("backend", "", "backend.type", "filesystem"),
              new Spelling(
                  "backend",
                  "\"s3\",client=_ab,bucket=ab-s3alias,max-cache-size=1.5 kib",
                  "backend.type",
                  "s3",
                  "backend.client",
                  "_ab",
                  "backend.bucket",
                  "ab-s3alias",
                  "backend.max-cache-size",
                  "1536"),
              new Spelling(
                  "backend",
                  "bucket=abc,client=abc,max-cache-size=1e3,type=s3",
                  "backend.type",
                  "s3",
                  "backend.client",
                  "abc",
                  "backend.bucket",
                  "abc",
                  "backend.max-cache-size",
                  "1000")),
          List.of(
              new Spelling(
                  "notification-thresholds",
                  "s3-get=+1,s3-upload=1.5TB",
                  "notification-thresholds.s3-get",
                  "1",
                  "notification-thresholds.s3-upload",
                  "1500000000000")),
          List.of(
              new Spelling(
                  "maintenance-mode",
                  "type=offline,message=50%25%20done",
                  "mode",
                  "offline",
                  "shown",
                  "50% done"),
              new Spelling(
                  "maintenance-mode",
                  "message=\"a, \\\"b\\\"\",type=read-only",
                  "mode",
                  "read-only",
                  "shown",
                  "a, \"b\""),
              new Spelling("maintenance-mode", "delete", "mode", "delete"),
              new Spelling("maintenance-mode", "unmount,", "mode", "unmount"),
              new Spelling("maintenance-mode", "s3-refresh", "mode", "s3-refresh", "shown", "")),
          List.of(new Spelling("name", "other")));

  /** A file and what its sections must be read as. */
  private record Generated(String text, Map<String, Map<String, String>> sections) {}

  private static Generated generate(Random random) {
    StringBuilder text = new StringBuilder();
    Map<String, Map<String, String>> sections = new LinkedHashMap<>();
    String end = random.nextInt(3) == 0 ? "\r\n" : "\n";
    int count = random.nextInt(4);
    for (int i = 0; i < count; i++) {
      String name = List.of("abc", "_a.b-C", "0-0", "x".repeat(32)).get(i);
      Map<String, String> says = new TreeMap<>();
      List<String> lines = new ArrayList<>();
      String indent = List.of("\t", " ", "  \t", "\u00a0").get(random.nextInt(4));
      String between = List.of(" ", "\t", "  ", "\u3000").get(random.nextInt(4));
      boolean removable = random.nextInt(4) == 0;
      String path =
          removable
              ? List.of(".", "./d", "d/x y", "d/../..x").get(random.nextInt(4)) + i
              : List.of("/srv/", "/a//b/../", "/ü \"#").get(random.nextInt(3)) + i;
      if (removable && random.nextInt(3) == 0 && i == 0) {
        path = ".";
      }
      lines.add("path" + between + path);
      says.put("path", path);
      if (removable) {
        String device = "01234567-89ab-cdef-0123-45678900000" + i;
        lines.add("backing-device" + between + device);
        says.put("backing-device", device);
      }
      for (List<Spelling> spellings : SPELLINGS) {
        if (random.nextInt(3) == 0) {
          Spelling spelling = spellings.get(random.nextInt(spellings.size()));
          lines.add(spelling.key() + between + spelling.written());
          for (int pair = 0; pair < spelling.reading().length; pair += 2) {
            says.put(spelling.reading()[pair], spelling.reading()[pair + 1]);
          }
        }
      }
      Collections.shuffle(lines, random);
      sections.put(name, says);
      text.append(List.of("datastore: ", "datastore:", "datastore :\t").get(random.nextInt(3)));
      text.append(name).append(random.nextInt(4) == 0 ? " " : "").append(end);
      for (String line : lines) {
        text.append(indent).append(line).append(random.nextInt(5) == 0 ? " \t" : "");
        text.append(random.nextInt(20) == 0 ? "\n" : end);
      }
      text.append(List.of("", "  ", "\u0085").get(random.nextInt(3))).append(end);
    }
    return new Generated(text.toString(), sections);
  }

  private static Map<String, Map<String, String>> read(ConfigDocument document) {
    Map<String, Map<String, String>> read = new LinkedHashMap<>();
    document.sections().forEach((name, section) -> read.put(name.value(), Reading.of(section)));
    return read;
  }

  @Test
  void parse_whatTheOriginalAccepts_isServedWithEqualValues() {
    Random random = new Random(SEED);
    for (int i = 0; i < FILES; i++) {
      Generated generated = generate(random);
      byte[] bytes = generated.text().getBytes(StandardCharsets.UTF_8);

      ConfigDocument document = ConfigDocument.parse(bytes);

      assertThat(document.pbsNotes()).as(generated.text()).isEmpty();
      assertThat(document.faultySections()).as(generated.text()).isEmpty();
      assertThat(document.faults()).as(generated.text()).isEmpty();
      assertThat(read(document)).as(generated.text()).isEqualTo(generated.sections());
      assertThat(document.toBytes()).isEqualTo(bytes);
      assertRewritesNothing(document);
    }
  }

  /** Writing each section as it is, changes no byte. */
  private static void assertRewritesNothing(ConfigDocument document) {
    document
        .sections()
        .forEach(
            (name, section) ->
                assertThat(document.withSection(name, section.settings(), section.maintenance()))
                    .isSameAs(document));
  }

  @Test
  void parse_mutatedFiles_givesBackTheirBytes_andServesWhatTheOriginalAccepts() {
    Random random = new Random(SEED + 1);
    for (int i = 0; i < FILES; i++) {
      StringBuilder text = new StringBuilder(generate(random).text());
      for (int k = random.nextInt(3); k >= 0 && text.length() > 0; k--) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(4)) {
          case 0 -> text.deleteCharAt(at);
          case 1 -> text.insert(at, "\n\t\r #:,=\"é\u0085xX0-_".charAt(random.nextInt(16)));
          case 2 -> text.setCharAt(at, Character.toUpperCase(text.charAt(at)));
          default -> text.insert(at, text.substring(at, Math.min(text.length(), at + 9)));
        }
      }
      byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);

      ConfigDocument document = ConfigDocument.parse(bytes);

      assertThat(document.toBytes()).isEqualTo(bytes);
      boolean known = document.faultySections().stream().allMatch(this::isIntended);
      if (document.pbsNotes().stream().allMatch(note -> note.effect() == PbsEffect.NONE)) {
        assertThat(document.faults()).as(text.toString()).isEmpty();
        assertThat(known).as(text + "\n" + document.faultySections()).isTrue();
      }
    }
  }

  /** Where this reads more strictly than the original: base paths, names and control characters. */
  private boolean isIntended(FaultySection section) {
    return section.faults().stream()
        .allMatch(
            fault ->
                fault.property().equals("path")
                    || fault.message().contains("is already defined")
                    || fault.message().contains("control character"));
  }
}
