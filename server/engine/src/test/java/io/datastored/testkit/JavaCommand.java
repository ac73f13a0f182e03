package io.datastored.testkit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A Java command runs a program on the class path of the test, and starts fast. Stateless. */
public final class JavaCommand {

  private JavaCommand() {}

  /** The words that run a class with a main method, to which a test may add more. */
  public static List<String> of(Class<?> program, Object... args) {
    return of(List.of(), program.getName(), args);
  }

  /**
   * The same with options of the virtual machine.
   *
   * @param program the name of the class
   */
  public static List<String> of(List<String> options, String program, Object... args) {
    List<String> words =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1"));
    words.addAll(options);
    words.addAll(List.of("-cp", System.getProperty("java.class.path"), program));
    Arrays.stream(args).map(Object::toString).forEach(words::add);
    return words;
  }
}
