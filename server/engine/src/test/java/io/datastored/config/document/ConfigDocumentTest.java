package io.datastored.config.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableSortedMap;
import io.datastored.config.Backend;
import io.datastored.config.Backend.BackendKind;
import io.datastored.config.ByteSize;
import io.datastored.config.DatastoreName;
import io.datastored.config.DatastoreSettings;
import io.datastored.config.LegacyPrune;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.MaintenanceSetting;
import io.datastored.config.Notify;
import io.datastored.config.Notify.NotifyWhen;
import io.datastored.config.PropertyFault;
import io.datastored.config.Tuning.ChunkOrder;
import io.datastored.config.Tuning.SyncLevel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfigDocumentTest {

  private static final Path MOUNTS = Path.of("/mnt/datastore");
  private static final String UUID = "0f4c2a6e-1b7d-4c55-9d7e-6a2b3c4d5e6f";

  private static final String MAIN =
      """
      datastore: main
      	comment Primary, RAIDZ2 on shelf A
      	gc-schedule daily
      	notification-mode notification-system
      	path /mnt/datastore/main
      	verify-new true
      """;
  private static final String ARCHIVE =
      """
      datastore: archive-2023
      	comment cold data
      	gc-schedule sun 03:00
      	maintenance-mode read-only,message=quarterly audit
      	notify gc=error,prune=never,sync=error,verify=always
      	notify-user ops@pbs
      	path /srv/backup/archive-2023
      	tuning chunk-order=none,sync-level=file

      datastore: fast_01
      	gc-schedule hourly
      	keep-daily 7
      	keep-last 3
      	maintenance-mode offline,message="controller swap, back at 18:00"
      	path /srv/nvme/fast_01
      	prune-schedule 02:30
      """;
  private static final String REMOVABLE =
      """
      datastore: usb-rotation-a
      	backing-device 0f4c2a6e-1b7d-4c55-9d7e-6a2b3c4d5e6f
      	comment weekly off-site disk A
      	gc-schedule sat 18:15
      	notification-mode notification-system
      	path stores/rotation-a

      datastore: s3-eu
      	backend type=s3,client=minio-eu,bucket=pbs-prod,max-cache-size=500GiB
      	gc-schedule daily
      	path /var/cache/pbs/s3-eu
      	tuning gc-atime-cutoff=1445,gc-cache-capacity=2097152
      """;

  private static DatastoreName name(String name) {
    return DatastoreName.of(name);
  }

  private static ConfigSection section(ConfigDocument document, String name) {
    assertThat(document.sections()).containsKey(name(name));
    return document.sections().get(name(name));
  }

  private static ConfigDocument change(ConfigDocument document, String name, DatastoreSettings to) {
    return document.withSection(name(name), to, section(document, name).maintenance());
  }

  private static void assertClean(ConfigDocument document) {
    assertThat(document.faultySections()).isEmpty();
    assertThat(document.faults()).isEmpty();
    assertThat(document.notices()).isEmpty();
  }

  @Test
  void parse_plainSample_readsEverything() {
    ConfigDocument document = ConfigDocument.parse(MAIN);

    assertClean(document);
    assertThat(section(document, "main").settings())
        .isEqualTo(
            DatastoreSettings.builder()
                .path("/mnt/datastore/main")
                .comment(Optional.of("Primary, RAIDZ2 on shelf A"))
                .gcSchedule(Optional.of("daily"))
                .notificationMode(
                    Optional.of(DatastoreSettings.NotificationMode.NOTIFICATION_SYSTEM))
                .verifyNew(Optional.of(true))
                .build());
    assertThat(section(document, "main").maintenance()).isEqualTo(MaintenanceSetting.NONE);
    assertThat(section(document, "main").text() + "\n").isEqualTo(MAIN);
  }

  @Test
  void parse_sampleWithModes_readsEverything() {
    ConfigDocument document = ConfigDocument.parse(ARCHIVE);

    assertClean(document);
    ConfigSection archive = section(document, "archive-2023");
    assertThat(archive.maintenance())
        .isEqualTo(MaintenanceSetting.of(MaintenanceMode.READ_ONLY, "quarterly audit"));
    assertThat(archive.settings().notifications())
        .contains(
            new Notify(
                Optional.of(NotifyWhen.ERROR),
                Optional.of(NotifyWhen.ALWAYS),
                Optional.of(NotifyWhen.ERROR),
                Optional.of(NotifyWhen.NEVER)));
    assertThat(archive.settings().tuning().orElseThrow().chunkOrder()).contains(ChunkOrder.NONE);
    assertThat(archive.settings().tuning().orElseThrow().syncLevel()).contains(SyncLevel.FILE);
    ConfigSection fast = section(document, "fast_01");
    assertThat(fast.maintenance().message()).contains("controller swap, back at 18:00");
    assertThat(fast.settings().legacyPrune())
        .contains(
            LegacyPrune.EMPTY
                .with(LegacyPrune.KeepRule.LAST, 3)
                .with(LegacyPrune.KeepRule.DAILY, 7)
                .withSchedule("02:30"));
    assertThat(document.lineOf(name("fast_01"))).hasValue(10);
  }

  @Test
  void parse_sampleWithDevices_readsEverything() {
    ConfigDocument document = ConfigDocument.parse(REMOVABLE);

    assertClean(document);
    assertThat(section(document, "usb-rotation-a").settings().backingDevice())
        .contains("0f4c2a6e-1b7d-4c55-9d7e-6a2b3c4d5e6f");
    DatastoreSettings s3 = section(document, "s3-eu").settings();
    assertThat(s3.backend())
        .contains(
            new Backend(
                BackendKind.S3,
                Optional.of("minio-eu"),
                Optional.of("pbs-prod"),
                Optional.of(new ByteSize(500L << 30))));
    assertThat(s3.tuning().orElseThrow().gcAtimeCutoffMinutes()).isEqualTo(OptionalInt.of(1445));
    assertThat(s3.tuning().orElseThrow().gcCacheCapacity()).isEqualTo(OptionalInt.of(2097152));
  }

  @Test
  void withSection_unchanged_isTheSameDocument() {
    ConfigDocument document = ConfigDocument.parse(MAIN);

    assertThat(change(document, "main", section(document, "main").settings())).isSameAs(document);
  }

  @Test
  void withSection_oneChange_touchesOneLine() {
    ConfigDocument document = ConfigDocument.parse("# top\n" + REMOVABLE + "\n" + MAIN);
    DatastoreSettings s3 = section(document, "s3-eu").settings();

    ConfigDocument next =
        change(document, "s3-eu", s3.toBuilder().gcSchedule(Optional.of("weekly")).build());

    assertThat(next.toText())
        .isEqualTo(
            document
                .toText()
                .replace("gc-schedule daily\n\tpath /var", "gc-schedule weekly\n\tpath /var"));
    assertThat(section(next, "main")).isSameAs(section(document, "main"));
    assertThat(section(next, "s3-eu")).isNotSameAs(section(document, "s3-eu"));
  }

  @Test
  void withSection_sizeWithTheSameNumber_keepsItsText() {
    String odd = REMOVABLE.replace("500GiB", "512000 mib");
    ConfigDocument document = ConfigDocument.parse(odd);
    DatastoreSettings s3 = section(document, "s3-eu").settings();

    ConfigDocument next =
        change(document, "s3-eu", s3.toBuilder().comment(Optional.of("Frankfurt")).build());

    assertThat(next.toText())
        .isEqualTo(
            odd.replace(
                "\tgc-schedule daily\n\tpath /var",
                "\tcomment Frankfurt\n\tgc-schedule daily\n\tpath /var"));
  }

  @Test
  void withSection_newProperties_standInAlphabeticalOrder() {
    ConfigDocument document =
        ConfigDocument.parse("datastore: one\n    # why\n    path   /a\n    # end\n");

    ConfigDocument next =
        document.withSection(
            name("one"),
            DatastoreSettings.builder()
                .path("/a")
                .comment(Optional.of("c"))
                .verifyNew(Optional.of(false))
                .build(),
            MaintenanceSetting.of(MaintenanceMode.OFFLINE, "a, \"b\""));

    assertThat(next.toText())
        .isEqualTo(
            """
            datastore: one
            	comment c
            	maintenance-mode offline,message="a, \\"b\\""
                # why
                path   /a
            	verify-new false
                # end
            """);
    assertClean(next);
  }

  @Test
  void withSection_newName_goesToTheEndAfterOneEmptyLine() {
    String expected = "datastore: one\n\tpath /a\n\ndatastore: two\n\tpath /b\n";
    for (String before : new String[] {"\tpath /a", "\tpath /a\n", "\tpath /a\n\n"}) {
      ConfigDocument document = ConfigDocument.parse("datastore: one\n" + before);

      assertThat(
              document
                  .withSection(name("two"), DatastoreSettings.of("/b"), MaintenanceSetting.NONE)
                  .toText())
          .isEqualTo(expected);
    }
  }

  @Test
  void withSection_faultySectionWithoutEmptyLineBehind_isMendedAndParted() {
    ConfigDocument document =
        ConfigDocument.parse("datastore: one\n\tpath /a\n\tpath /x\ndatastore: two\n\tpath /b\n");
    assertThat(document.sections().keySet()).containsExactly(name("two"));

    ConfigDocument next =
        document.withSection(name("one"), DatastoreSettings.of("/a"), MaintenanceSetting.NONE);

    assertThat(next.toText()).isEqualTo("datastore: one\n\tpath /a\n\ndatastore: two\n\tpath /b\n");
    assertThat(next.sections().keySet()).containsExactly(name("one"), name("two"));
    assertClean(next);
  }

  @Test
  void withSection_lineWithoutValue_isWrittenAnew() {
    ConfigDocument document = ConfigDocument.parse("datastore: one\n\tbackend\n\tpath /a\n");

    ConfigDocument next =
        document.withSection(
            name("one"),
            DatastoreSettings.builder()
                .path("/a")
                .backend(Optional.of(Backend.FILE_SYSTEM))
                .build(),
            MaintenanceSetting.NONE);

    assertThat(next.toText()).isEqualTo("datastore: one\n\tbackend filesystem\n\tpath /a\n");
    assertClean(next);
  }

  @Test
  void withSection_pathOfAFaultySection_isRefused() {
    ConfigDocument document = ConfigDocument.parse("datastore: one\n\tpath /a\n\tkeep-last 0\n");

    assertThat(document.faultsOf(name("two"), DatastoreSettings.of("/a/"))).hasSize(1);
    assertThat(document.faultsOf(name("one"), DatastoreSettings.of("/a"))).isEmpty();
  }

  @Test
  void parse_carriageReturnsAtTheEndsOfLines_sayNothing_andAreKept() {
    String text = "datastore: one\r\n\tpath /a\r\r\n\tcomment x\ry\r";

    ConfigDocument document = ConfigDocument.parse(text);

    assertThat(document.toText()).isEqualTo(text);
    assertThat(document.faultySections().get(0).faults())
        .extracting(ConfigFault::line)
        .containsExactly(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\r\n", "\r\n\r\n# last\r\n"})
  void withSection_ofAFileWithCarriageReturns_keepsThem(String end) {
    String one = "datastore: one\r\n\tcomment a\r\n\tpath /a";
    ConfigDocument document = ConfigDocument.parse("# first\r\n" + one + end);
    DatastoreSettings settings =
        DatastoreSettings.of("/a").toBuilder()
            .comment(Optional.of("b"))
            .verifyNew(Optional.of(true))
            .build();

    ConfigDocument next =
        document.withSection(
            name("one"), settings, MaintenanceSetting.of(MaintenanceMode.READ_ONLY));

    assertThat(next.toText())
        .isEqualTo(
            "# first\r\ndatastore: one\r\n\tcomment b\r\n\tmaintenance-mode read-only\r\n\tpath"
                + " /a\r\n\tverify-new true"
                + end);
    String added =
        next.withSection(name("two"), DatastoreSettings.of("/b"), MaintenanceSetting.NONE).toText();
    assertThat(added).startsWith(next.toText()).endsWith("\tpath /b\r\n");
    // Only a line feed ends the last line of the other section: its text is what it was.
    assertThat(added.replaceFirst("(?<!\r)\n", "").replace("\r\n", "")).doesNotContain("\n");
    assertThat(ConfigDocument.parse(added).withoutSection(name("one")).toText())
        .startsWith("# first\r\n")
        .doesNotContain("\r\n\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n"})
  void withSection_behindALastLineWithoutAnEnd_leavesItsSectionAsItIs(String end) {
    ConfigDocument document =
        ConfigDocument.parse("# first\r\n" + "datastore: one" + end + "\tpath /a");
    ConfigSection one = document.sections().get(name("one"));

    ConfigDocument next =
        document.withSection(name("two"), DatastoreSettings.of("/b"), MaintenanceSetting.NONE);

    assertThat(next.sections().get(name("one"))).isSameAs(one);
    assertThat(next.toText())
        .isEqualTo(
            "# first\r\ndatastore: one" + end + "\tpath /a\n\r\ndatastore: two\r\n\tpath /b\r\n");
    assertThat(ConfigDocument.parse(next.toBytes()).sections().get(name("one")).text())
        .isEqualTo(one.text());
  }

  @Test
  void withSection_ofAFileWithBothEndings_leavesEachLineItsOwn() {
    String text = "datastore: one\r\n\tcomment a\n\tgc-schedule daily\r\n\tpath /a\n\n# x\r\n";
    DatastoreSettings settings =
        DatastoreSettings.of("/a").toBuilder().comment(Optional.of("b")).build();

    assertThat(
            ConfigDocument.parse(text)
                .withSection(name("one"), settings, MaintenanceSetting.NONE)
                .toText())
        .isEqualTo("datastore: one\r\n\tcomment b\n\tpath /a\n\n# x\r\n");
  }

  @Test
  void withSection_whereTheNextHeaderFollows_partsThemByTheLineEndOfTheFile() {
    String text = "datastore: one\r\n\tpath /a\r\ndatastore: two\r\n\tpath /b\r\n";

    assertThat(
            ConfigDocument.parse(text)
                .withSection(name("one"), DatastoreSettings.of("/a"), MaintenanceSetting.NONE)
                .toText())
        .isEqualTo("datastore: one\r\n\tpath /a\r\n\r\ndatastore: two\r\n\tpath /b\r\n");
  }

  @Test
  void parse_controlCharacterInAKey_isReportedAtItsLine() {
    ConfigDocument document =
        ConfigDocument.parse("datastore: one\n\tcomment a\n\tpath /a\n\t foo\u0001 x\n");

    assertThat(document.faultySections().get(0).faults())
        .extracting(ConfigFault::line, ConfigFault::column)
        .containsExactly(org.assertj.core.groups.Tuple.tuple(4, 3));
  }

  @Test
  void withSection_pathOfAnother_isRefused() {
    ConfigDocument document = ConfigDocument.parse(MAIN);

    assertThatThrownBy(
            () ->
                document.withSection(
                    name("other"),
                    DatastoreSettings.of("/mnt//datastore/./main/"),
                    MaintenanceSetting.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("main");
  }

  @Test
  void writeFaultsOf_nestedPath_namesTheOther() {
    ConfigDocument document = ConfigDocument.parse(MAIN);

    assertThat(writeFaults(document, "new", "/mnt/datastore"))
        .containsExactly("path is inside or around the base path of datastore 'main'");
    assertThat(writeFaults(document, "new", "/mnt/datastore/main/x")).hasSize(1);
    assertThat(writeFaults(document, "new", "/mnt/datastore/main2")).isEmpty();
    assertThat(document.faultsOf(name("new"), DatastoreSettings.of("/mnt/datastore"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/mnt/datastore/usb", "/mnt/datastore/usb/inner", "/mnt/datastore/"})
  void writeFaultsOf_pathWhereARemovableDatastoreAppears_namesIt(String path) {
    String usb = "datastore: usb\n\tpath d\n\tbacking-device " + UUID + "\n";
    String fixed = "datastore: fixed\n\tpath " + path + "\n";

    assertThat(writeFaults(ConfigDocument.parse(usb), "new", path))
        .containsExactly("path is inside or around the base path of datastore 'usb'");
    assertThat(
            ConfigDocument.parse(fixed)
                .writeFaultsOf(
                    name("usb"),
                    DatastoreSettings.of("d").toBuilder().backingDevice(Optional.of(UUID)).build(),
                    MOUNTS))
        .hasSize(1);
    assertThat(writeFaults(ConfigDocument.parse(usb), "new", "/mnt/datastore/usb2")).isEmpty();
  }

  @Test
  void writeFaultsOf_changedPath_isNotNestedEither() {
    ConfigDocument document =
        ConfigDocument.parse("datastore: one\n\tpath /a\n\ndatastore: two\n\tpath /b\n");

    assertThat(writeFaults(document, "two", "/a/b")).hasSize(1);
    assertThat(writeFaults(document, "two", "/b")).isEmpty();
  }

  @Test
  void writeFaultsOf_theRootOfADevice_isADirectoryLikeAnother() {
    String usb = "datastore: usb\n\tpath .\n\tbacking-device " + UUID + "\n";
    DatastoreSettings inside =
        DatastoreSettings.of("d").toBuilder().backingDevice(Optional.of(UUID)).build();

    assertThat(ConfigDocument.parse(usb).isFaultless()).isTrue();
    assertThat(ConfigDocument.parse(usb).writeFaultsOf(name("two"), inside, MOUNTS)).hasSize(1);
    assertThat(
            ConfigDocument.EMPTY.writeFaultsOf(
                name("usb"), inside.toBuilder().path("./").build(), MOUNTS))
        .isEmpty();
    assertThat(
            ConfigDocument.EMPTY.writeFaultsOf(
                name("usb"), inside.toBuilder().path("x/../..").build(), MOUNTS))
        .hasSize(1);
  }

  private static List<String> writeFaults(ConfigDocument document, String name, String path) {
    return document.writeFaultsOf(name(name), DatastoreSettings.of(path), MOUNTS).stream()
        .map(PropertyFault::message)
        .toList();
  }

  @Test
  void withoutSection_takesOneEmptyLineAlong() {
    String one = "datastore: one\n\tpath /a\n";
    String two = "datastore: two\n\tpath /b\n";
    String three = "datastore: three\n\tpath /c\n";
    ConfigDocument document = ConfigDocument.parse(one + "\n" + two + "\n" + three);

    assertThat(document.withoutSection(name("one")).toText()).isEqualTo(two + "\n" + three);
    assertThat(document.withoutSection(name("two")).toText()).isEqualTo(one + "\n" + three);
    assertThat(document.withoutSection(name("three")).toText()).isEqualTo(one + "\n" + two);
    assertThat(document.withoutSection(name("none"))).isSameAs(document);
  }

  @Test
  void withoutSection_repeatedName_removesEveryOne() {
    ConfigDocument document =
        ConfigDocument.parse(
            "datastore: one\n\tpath /a\n\ndatastore: two\n\tpath /b\n\ndatastore: one\n\tpath /c\n");

    assertThat(document.withoutSection(name("one")).toText())
        .isEqualTo("datastore: two\n\tpath /b\n");
  }

  @Test
  void parse_again_keepsSectionsWithTheSameText() {
    ConfigDocument document = ConfigDocument.parse(MAIN + "\n" + ARCHIVE + "\n" + REMOVABLE);
    String edited =
        "datastore: new\n\tpath /new\n\n"
            + document.toText().replace("gc-schedule hourly", "gc-schedule daily");

    ConfigDocument next = ConfigDocument.parse(edited.getBytes(StandardCharsets.UTF_8), document);

    assertThat(section(next, "main")).isSameAs(section(document, "main"));
    assertThat(section(next, "s3-eu")).isSameAs(section(document, "s3-eu"));
    assertThat(section(next, "archive-2023")).isSameAs(section(document, "archive-2023"));
    assertThat(section(next, "fast_01")).isNotSameAs(section(document, "fast_01"));
    assertThat(next.lineOf(name("main"))).hasValue(4);
    assertThat(next.sections().keySet())
        .containsExactlyElementsOf(ConfigDocument.parse(edited).sections().keySet());
  }

  @Test
  void parse_again_longerSectionWithTheSameStart_isReadAnew() {
    ConfigDocument document = ConfigDocument.parse("datastore: one\n\tpath /a");

    for (String more : new String[] {"b\n", "\n\tcomment x\n", "\n\n\tcomment x\n"}) {
      ConfigDocument next =
          ConfigDocument.parse(
              (document.toText() + more).getBytes(StandardCharsets.UTF_8), document);
      assertThat(next.sections().get(name("one"))).isNotSameAs(section(document, "one"));
    }
  }

  @Test
  void parse_notUtf8_spoilsOneSectionAndIsGivenBack() {
    byte[] bytes =
        ("datastore: one\n\tpath /a\n\tcomment B\u00fcro\n\n" + MAIN)
            .getBytes(StandardCharsets.ISO_8859_1);

    ConfigDocument document = ConfigDocument.parse(bytes);

    assertThat(document.sections().keySet()).containsExactly(name("main"));
    assertThat(document.faultySections()).hasSize(1);
    assertThat(document.faultySections().get(0).faults().get(0).line()).isEqualTo(3);
    assertThat(document.toBytes()).isEqualTo(bytes);
  }

  /** What a decoder puts where bytes are not UTF-8 may be in a file by itself. */
  @Test
  void parse_replacementCharacter_isACharacterLikeOthers() {
    String text = "datastore: main\n\tcomment \uFFFD\n\tpath /a\n";
    ConfigDocument document = ConfigDocument.parse(text.getBytes(StandardCharsets.UTF_8));
    assertThat(document.isFaultless()).isTrue();
    assertThat(document.toText()).isEqualTo(text);
  }

  @Test
  void parse_samePathTwice_laterIsFaulty() {
    ConfigDocument document =
        ConfigDocument.parse("datastore: one\n\tpath /a/b\n\ndatastore: two\n\tpath /a//b/\n");

    assertThat(document.sections().keySet()).containsExactly(name("one"));
    assertThat(document.faultySections().get(0).faults())
        .containsExactly(
            new ConfigFault(5, 0, "path", "path is the base path of datastore 'one' too"));
  }

  @Test
  void parse_unknownProperty_isKeptAndNoticed() {
    ConfigDocument document =
        ConfigDocument.parse("\n# x\ndatastore: one\n\tzeta 1 2\n\tpath /a\n\tname foo\n");

    assertThat(section(document, "one").settings().otherProperties())
        .isEqualTo(ImmutableSortedMap.of("zeta", "1 2"));
    assertThat(document.notices())
        .extracting(ConfigNotice::line, ConfigNotice::property)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(4, "zeta"),
            org.assertj.core.groups.Tuple.tuple(6, "name"));
  }

  @Test
  void parse_headerThatCannotBeTold_isAFaultOfTheDocument() {
    ConfigDocument document = ConfigDocument.parse("datastore main\n\tpath /a\n\n" + MAIN);

    assertThat(document.faults()).extracting(ConfigFault::line).containsExactly(1);
    assertThat(document.sections().keySet()).containsExactly(name("main"));
  }

  @Test
  void fingerprint_dependsOnContentOnly() {
    ConfigSection section = section(ConfigDocument.parse(MAIN), "main");
    String same =
        "datastore:main\n# c\n  verify-new yes\n  path /mnt/datastore/main\n  gc-schedule   daily\n"
            + "  notification-mode notification-system\n  comment Primary, RAIDZ2 on shelf A";

    assertThat(ConfigDocument.parseSection(same).orElseThrow().fingerprint())
        .isEqualTo(section.fingerprint());
    assertThat(ConfigDocument.parseSection(same.replace("yes", "no")).orElseThrow().fingerprint())
        .isNotEqualTo(section.fingerprint());
    assertThat(
            ConfigDocument.parseSection(same + "\n maintenance-mode offline")
                .orElseThrow()
                .fingerprint())
        .isNotEqualTo(section.fingerprint());
    assertThat(section.fingerprint().toString()).matches("[0-9a-f]{32}");
  }

  @Test
  void parseSection_notExactlyOne_isNothing() {
    assertThat(ConfigDocument.parseSection("")).isEmpty();
    assertThat(ConfigDocument.parseSection(ARCHIVE)).isEmpty();
    assertThat(ConfigDocument.parseSection("datastore: one\n\tcomment x\n")).isEmpty();
    assertThat(ConfigDocument.parseSection(MAIN)).isPresent();
  }
}
