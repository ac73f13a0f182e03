package io.datastored.soak;

import java.io.IOException;
import java.lang.reflect.Method;
import java.util.Arrays;

/**
 * A watched main is a program in a process of its own that ends with the one that started it, even
 * if that is killed: by then its standard input has an end.
 */
public final class WatchedMain {

  private WatchedMain() {}

  /**
   * @param args the class to run, then its arguments
   */
  public static void main(String[] args) throws Exception {
    Thread watchdog = new Thread(WatchedMain::dieWithTheParent, "watchdog");
    watchdog.setDaemon(true);
    watchdog.start();
    Method main = Class.forName(args[0]).getDeclaredMethod("main", String[].class);
    main.setAccessible(true);
    main.invoke(null, (Object) Arrays.copyOfRange(args, 1, args.length));
  }

  private static void dieWithTheParent() {
    awaitEndOfInput();
    Runtime.getRuntime().halt(3);
  }

  private static void awaitEndOfInput() {
    try {
      while (System.in.read() >= 0) {
        // Nobody says anything here.
      }
    } catch (IOException e) {
      // As good as an end.
    }
  }
}
