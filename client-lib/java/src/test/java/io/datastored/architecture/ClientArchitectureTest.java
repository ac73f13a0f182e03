package io.datastored.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

final class ClientArchitectureTest {

  private static final int LONGEST_FILE = 350;

  /** A package with more files has no list that can be read. */
  private static final int MOST_TYPES = 45;

  /** More types than these, each of which leads to the others, are no longer seen at a glance. */
  private static final int LARGEST_CIRCLE = 4;

  static final List<String> rooms = ClientRooms.TOP_DOWN;

  @Test
  void everyPackage_isARoomOfTheList_whereNullIsSpelled() {
    assertThat(ClientRooms.CLASSES.stream().map(JavaClass::getPackageName).distinct())
        .containsExactlyInAnyOrderElementsOf(rooms)
        .allMatch(
            room ->
                ClientRooms.CLASSES
                    .getPackage(room)
                    .isAnnotatedWith("org.jspecify.annotations.NullMarked"));
  }

  /** The public types are the lowest room, so they show nothing of what is inside. */
  @ParameterizedTest
  @FieldSource("rooms")
  void room_usesNoRoomAboveIt(String room) {
    noClasses()
        .that()
        .resideInAPackage(room)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(rooms.subList(0, rooms.indexOf(room)).toArray(String[]::new))
        .check(ClientRooms.CLASSES);
  }

  @Test
  void rooms_haveNoCycle() {
    slices().matching("io.datastored.(**)").should().beFreeOfCycles().check(ClientRooms.CLASSES);
  }

  @ParameterizedTest
  @FieldSource("rooms")
  void room_isNotFull(String room) {
    assertThat(ClientRooms.topLevelTypes())
        .filteredOn(type -> type.getPackageName().equals(room))
        .hasSizeLessThanOrEqualTo(MOST_TYPES);
  }

  @Test
  void types_haveNoLargeCircle() {
    assertThat(ClientRooms.circles()).allMatch(circle -> circle.size() <= LARGEST_CIRCLE);
  }

  @Test
  void client_seesTheContractOnly() {
    noClasses()
        .should()
        .dependOnClassesThat(
            new com.tngtech.archunit.base.DescribedPredicate<JavaClass>("are of the server") {
              @Override
              public boolean test(JavaClass type) {
                String name = type.getPackageName();
                return name.startsWith("io.datastored")
                    && !ClientRooms.TOP_DOWN.contains(name)
                    && !name.equals("io.datastored.v1");
              }
            })
        .check(ClientRooms.CLASSES);
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("com.google.common..", "io.netty..", "io.grpc.netty")
        .check(ClientRooms.CLASSES);
  }

  @Test
  void bundledNetty_isNamedByOneClass() {
    noClasses()
        .that()
        .doNotHaveSimpleName("NettyTransport")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.grpc.netty.shaded..")
        .check(ClientRooms.CLASSES);
  }

  @Test
  void time_comesFromOutside() {
    noClasses()
        .that()
        .doNotHaveSimpleName("ClientSources")
        .should()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .check(ClientRooms.CLASSES);
  }

  @Test
  void types_areAlmostAllClosed() {
    assertThat(shareOf(type -> type.isInterface() || type.isEnum() || isFinal(type)))
        .isGreaterThanOrEqualTo(0.9);
  }

  @Test
  void files_areShort() throws IOException {
    List<String> tooLong = new ArrayList<>();
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        if (Files.readAllLines(file).size() > LONGEST_FILE) {
          tooLong.add(file.toString());
        }
      }
    }
    assertThat(tooLong).isEmpty();
  }

  private static boolean isFinal(JavaClass type) {
    return type.getModifiers().contains(JavaModifier.FINAL);
  }

  private static double shareOf(Predicate<JavaClass> match) {
    List<JavaClass> types = ClientRooms.topLevelTypes();
    return (double) types.stream().filter(match).count() / types.size();
  }
}
