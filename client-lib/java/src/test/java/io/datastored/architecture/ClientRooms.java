package io.datastored.architecture;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The rooms of the client, top to bottom, and the classes that live in them. Immutable. */
final class ClientRooms {

  /** What users see. It is at the bottom: it finds its implementation as a service. */
  static final String API = "io.datastored.client";

  /** A room may use the rooms below it, which are later in this list, and none above. */
  static final List<String> TOP_DOWN =
      List.of(
          API + ".internal",
          API + ".internal.stream",
          API + ".internal.lookup",
          API + ".internal.watch",
          API + ".internal.session",
          API + ".internal.cache",
          API + ".internal.transport",
          API + ".internal.loop",
          API);

  static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(API);

  private ClientRooms() {}

  /** Types that stand in a file of their own: no nested ones, no package-info. */
  static List<JavaClass> topLevelTypes() {
    return CLASSES.stream()
        .filter(type -> type.isTopLevelClass() && !type.getSimpleName().equals("package-info"))
        .toList();
  }

  /** Sets of top-level types each of which leads to each other one. */
  static Set<Set<String>> circles() {
    Map<String, Set<String>> uses = new TreeMap<>();
    for (JavaClass type : CLASSES) {
      Set<String> used = uses.computeIfAbsent(file(type), from -> new TreeSet<>());
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        if (CLASSES.contain(dependency.getTargetClass().getBaseComponentType().getName())) {
          used.add(file(dependency.getTargetClass().getBaseComponentType()));
        }
      }
    }
    Map<String, Set<String>> reached = new TreeMap<>();
    uses.keySet().forEach(from -> reached.put(from, reach(from, uses)));
    return uses.keySet().stream()
        .map(
            from ->
                reached.get(from).stream()
                    .filter(to -> reached.get(to).contains(from))
                    .collect(Collectors.toCollection(TreeSet::new)))
        .collect(Collectors.toSet());
  }

  private static Set<String> reach(String from, Map<String, Set<String>> uses) {
    Set<String> reached = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(uses.get(from));
    while (!open.isEmpty()) {
      String next = open.pop();
      if (reached.add(next)) {
        open.addAll(uses.get(next));
      }
    }
    return reached;
  }

  private static String file(JavaClass type) {
    return type.getName().replaceAll("\\$.*", "");
  }
}
