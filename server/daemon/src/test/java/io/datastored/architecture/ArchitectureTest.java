package io.datastored.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

final class ArchitectureTest {

  /** Shares below are of no use while a handful of types makes the whole. */
  private static final int ENOUGH_TYPES_FOR_A_SHARE = 20;

  /** A package with more files has no list that can be read. */
  private static final int MOST_TYPES = 45;

  /** More types than these, each of which leads to the others, are no longer seen at a glance. */
  private static final int LARGEST_CIRCLE = 4;

  private static final String KNOW_BASE_PATHS =
      "Admission|CreateWrite|Datastore|DatastoreRuntime|Devices|Engine|EngineAssembly|EngineOptions"
          + "|HangTroubles|Leaving|LockDescriptor|Resumption|Runtimes|SnapshotBuilder"
          + "|SnapshotPublisher|UpdateWrite";

  static final List<String> rooms = Rooms.TOP_DOWN;

  @Test
  void everyPackage_isARoomOfTheList() {
    assertThat(Rooms.CLASSES.stream().map(JavaClass::getPackageName).distinct())
        .containsExactlyInAnyOrder(Rooms.packagesOf(Rooms.TOP_DOWN));
  }

  @Test
  void everyRoom_hasAPackageInfo_whereNullIsSpelled() {
    for (String room : Rooms.TOP_DOWN) {
      JavaPackage found = Rooms.CLASSES.getPackage(Rooms.packageOf(room));
      assertThat(found.isAnnotatedWith("org.jspecify.annotations.NullMarked")).as(room).isTrue();
    }
  }

  @ParameterizedTest
  @FieldSource("rooms")
  void room_usesNoRoomAboveIt(String room) {
    List<String> above = Rooms.TOP_DOWN.subList(0, Rooms.TOP_DOWN.indexOf(room));
    noClasses()
        .that()
        .resideInAPackage(Rooms.packageOf(room))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(Rooms.packagesOf(above))
        .check(Rooms.CLASSES);
  }

  @Test
  void rooms_haveNoCycle() {
    slices().matching("io.datastored.(**)").should().beFreeOfCycles().check(Rooms.CLASSES);
  }

  @ParameterizedTest
  @FieldSource("rooms")
  void room_isNotFull(String room) {
    assertThat(Rooms.topLevelTypes())
        .filteredOn(type -> type.getPackageName().equals(Rooms.packageOf(room)))
        .hasSizeLessThanOrEqualTo(MOST_TYPES);
  }

  @ParameterizedTest
  @FieldSource("rooms")
  void room_hasNoLargeCircleOfTypes(String room) {
    assertThat(Circles.in(room)).allMatch(circle -> circle.size() <= LARGEST_CIRCLE);
  }

  /**
   * What is about files is behind the store; the engine is told where they are, and hands it on.
   */
  @Test
  void engine_knowsNoFile_butItsOptions() {
    noClasses()
        .that()
        .resideInAPackage(Rooms.packageOf("engine") + "..")
        .and(not(nameMatching(".*\\.(EngineAssembly|EngineOptions)(\\$.*)?")))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(Rooms.packagesOf(List.of("history.file")))
                .or(nameMatching("java\\.nio\\.file\\.Files|java\\.io\\.File.*"))
                .or(
                    resideInAPackage(Rooms.packageOf("file"))
                        .and(not(nameMatching(".*\\.(StoreException|Digest)(\\$.*)?")))))
        .check(Rooms.CLASSES);
  }

  /** Each of them for the base path of a datastore, or for where removable ones are mounted. */
  @Test
  void engine_knowsNoPath_butThatOfADatastore() {
    noClasses()
        .that()
        .resideInAPackage(Rooms.packageOf("engine") + "..")
        .and(not(nameMatching(".*\\.(" + KNOW_BASE_PATHS + ")(\\$.*)?")))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.nio.file..")
        .check(Rooms.CLASSES);
  }

  @Test
  void onlyTheRoomsAtTheTop_andThatOfEtcd_speakGrpc() {
    noClasses()
        .that()
        .resideOutsideOfPackages(Rooms.packagesOf(Rooms.THAT_SPEAK_GRPC))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.grpc..",
            "com.google.protobuf..",
            "com.google.rpc..",
            "io.datastored.v1..",
            "io.datastored.etcd.proto..")
        .check(Rooms.CLASSES);
  }

  @Test
  void onlyTheCommand_usesTheClientLibrary_andOfItWhatUsersSee() {
    noClasses()
        .that()
        .resideOutsideOfPackage(Rooms.packageOf("cli") + "..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.datastored.client..")
        .check(Rooms.CLASSES);
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.datastored.client.internal..")
        .check(Rooms.CLASSES);
  }

  @Test
  void types_areNamedForTheThing_notForThePattern() {
    assertThat(Rooms.CLASSES.stream().map(JavaClass::getSimpleName))
        .noneMatch(name -> SourceFilesTest.BANNED_NAME.matcher(name).find());
  }

  @Test
  void types_areAlmostAllClosedForInheritance() {
    assertThat(shareOf(ArchitectureTest::isClosed)).isGreaterThanOrEqualTo(0.9);
  }

  /** Java has no word for what only a room and its sub-rooms may see, so their use is counted. */
  @Test
  void types_areMostlyPrivateToTheirRoom() {
    assertThat(shareOf(ArchitectureTest::isOnlyUsedInItsRoom)).isGreaterThan(0.55);
  }

  private static boolean isOnlyUsedInItsRoom(JavaClass type) {
    String room = Rooms.roomOf(type);
    return type.getDirectDependenciesToSelf().stream()
        .allMatch(use -> Rooms.roomOf(use.getOriginClass()).equals(room));
  }

  private static boolean isClosed(JavaClass type) {
    return type.isInterface() || type.isEnum() || type.getModifiers().contains(JavaModifier.FINAL);
  }

  /** The share of top-level types that match. */
  private static double shareOf(Predicate<JavaClass> match) {
    List<JavaClass> types = Rooms.topLevelTypes();
    assumeTrue(types.size() >= ENOUGH_TYPES_FOR_A_SHARE, "too few types for a share");
    return (double) types.stream().filter(match).count() / types.size();
  }
}
