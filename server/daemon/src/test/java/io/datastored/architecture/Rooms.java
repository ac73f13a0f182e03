package io.datastored.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;

/** The rooms of the server, top to bottom, and the classes that live in them. Immutable. */
final class Rooms {

  private static final String ROOT = "io.datastored.";

  /** A room may use the rooms below it, that is later in this list, and none above. */
  static final List<String> TOP_DOWN =
      List.of(
          "cli",
          "cli.debug",
          "cli.demo",
          "cli.cluster",
          "cli.command",
          "cli.flag",
          "cli.view",
          "backup",
          "daemon",
          "admin",
          "admin.metric",
          "transport",
          "service",
          "service.page",
          "service.call",
          "service.stream",
          "service.wire",
          "service.trace",
          "drain",
          "neighbour",
          "lease",
          "probe",
          "watch",
          "access",
          "etcd",
          "etcd.life",
          "etcd.history",
          "etcd.client",
          "engine",
          "engine.snapshot",
          "engine.health",
          "promise",
          "operation",
          "history.file",
          "history",
          "mount",
          "file",
          "config.document",
          "config");

  /** The rooms that may know gRPC, protocol buffers and the generated contract. */
  static final List<String> THAT_SPEAK_GRPC =
      List.of(
          "cli",
          "cli.debug",
          "cli.demo",
          "cli.command",
          "cli.flag",
          "cli.view",
          "daemon",
          "service",
          "service.page",
          "service.call",
          "service.stream",
          "service.trace",
          "service.wire",
          "etcd",
          "etcd.life",
          "etcd.history",
          "etcd.client");

  /** Every class of engine, etcd and daemon that is neither a test nor generated. */
  static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .withImportOption(location -> !location.contains("-tests.jar"))
          .withImportOption(location -> !location.contains("/io/datastored/v1/"))
          .withImportOption(location -> !location.contains("/io/datastored/etcd/proto/"))
          .withImportOption(location -> !location.contains("/io/datastored/client/"))
          .importPackages("io.datastored");

  private Rooms() {}

  static String packageOf(String room) {
    return ROOT + room;
  }

  static String[] packagesOf(List<String> rooms) {
    return rooms.stream().map(Rooms::packageOf).toArray(String[]::new);
  }

  /** The room of a type; a sub-room belongs to the one that it is in. */
  static String roomOf(JavaClass type) {
    String path = type.getPackageName().substring(ROOT.length());
    int end = path.indexOf('.');
    return end < 0 ? path : path.substring(0, end);
  }

  /** Types that stand in a file of their own: no nested ones, no package-info. */
  static List<JavaClass> topLevelTypes() {
    return CLASSES.stream()
        .filter(type -> type.isTopLevelClass() && !type.getSimpleName().equals("package-info"))
        .toList();
  }
}
