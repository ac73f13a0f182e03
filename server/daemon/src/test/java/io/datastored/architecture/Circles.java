package io.datastored.architecture;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Circles are sets of top-level types of one room each of which leads to each other one: they can
 * only be understood together. Stateless.
 */
final class Circles {

  private Circles() {}

  /** Those of a room that have more than one type. */
  static Set<Set<String>> in(String room) {
    Map<String, Set<String>> names = new TreeMap<>();
    for (JavaClass type : Rooms.CLASSES) {
      if (type.getPackageName().equals(Rooms.packageOf(room))) {
        Set<String> named = names.computeIfAbsent(file(type), from -> new TreeSet<>());
        for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
          JavaClass target = dependency.getTargetClass();
          if (target.getPackageName().equals(type.getPackageName())) {
            named.add(file(target));
          }
        }
      }
    }
    Map<String, Set<String>> reached = new TreeMap<>();
    names.keySet().forEach(from -> reached.put(from, reach(from, names)));
    Set<Set<String>> circles = new LinkedHashSet<>();
    for (String from : names.keySet()) {
      Set<String> circle = new TreeSet<>(reached.get(from));
      circle.removeIf(to -> !reached.getOrDefault(to, Set.of()).contains(from));
      if (circle.size() > 1) {
        circles.add(circle);
      }
    }
    return circles;
  }

  private static Set<String> reach(String from, Map<String, Set<String>> names) {
    Set<String> reached = new TreeSet<>();
    Deque<String> open = new ArrayDeque<>(names.get(from));
    while (!open.isEmpty()) {
      String next = open.pop();
      if (reached.add(next)) {
        open.addAll(names.getOrDefault(next, Set.of()));
      }
    }
    return reached;
  }

  /** The top-level type around a type or an array of it. */
  private static String file(JavaClass type) {
    String name = type.getBaseComponentType().getName();
    String simple = name.substring(type.getPackageName().length() + 1);
    return simple.contains("$") ? simple.substring(0, simple.indexOf('$')) : simple;
  }
}
