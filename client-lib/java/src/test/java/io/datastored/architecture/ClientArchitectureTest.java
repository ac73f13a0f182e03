package io.datastored.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ClientArchitectureTest {

  private static final int LONGEST_FILE = 350;

  @Test
  void everyClass_livesInARoom() {
    assertThat(ClientRooms.CLASSES).allSatisfy(type -> ClientRooms.roomOf(type));
    assertThat(ClientRooms.TOP_DOWN.values().stream().flatMap(List::stream))
        .as("each of them is there")
        .allMatch(
            name ->
                name.equals("package-info")
                    || ClientRooms.CLASSES.stream().anyMatch(t -> t.getSimpleName().equals(name)));
  }

  @Test
  void rooms_useOnlyRoomsBelowThem() {
    List<String> order = List.copyOf(ClientRooms.TOP_DOWN.keySet());
    var upwards = new TreeSet<String>();
    for (JavaClass type : ClientRooms.CLASSES) {
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        JavaClass target = dependency.getTargetClass().getBaseComponentType();
        if (target.getPackageName().equals("io.datastored.client")
            && order.indexOf(ClientRooms.roomOf(type))
                > order.indexOf(ClientRooms.roomOf(target))) {
          upwards.add(type.getSimpleName() + " -> " + target.getSimpleName());
        }
      }
    }
    assertThat(upwards).isEmpty();
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
                    && !name.equals("io.datastored.client")
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
  void types_areMostlyClosedAndPrivate() {
    assertThat(shareOf(type -> type.isInterface() || type.isEnum() || isFinal(type)))
        .isGreaterThanOrEqualTo(0.9);
    assertThat(shareOf(type -> !type.getModifiers().contains(JavaModifier.PUBLIC)))
        .isGreaterThan(0.5);
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
    List<JavaClass> types =
        ClientRooms.CLASSES.stream()
            .filter(JavaClass::isTopLevelClass)
            .filter(type -> !type.getSimpleName().equals("package-info"))
            .toList();
    return (double) types.stream().filter(match).count() / types.size();
  }
}
