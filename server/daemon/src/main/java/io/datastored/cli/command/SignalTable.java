package io.datastored.cli.command;

import java.lang.reflect.Field;
import java.util.Hashtable;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The signal table is where the Java VM looks up the handler of a signal. Thread-safe: as a
 * Hashtable.
 *
 * <p>The VM looks it up on its own thread, and starts another thread for the handler. If no thread
 * can be started, the signal is lost. So this table handles SIGTERM and Ctrl-C during the lookup.
 * The table is inside the JDK and opened by the jar's manifest. If it is not open, or a JDK has
 * another one, signals are handled as usual.
 */
final class SignalTable extends Hashtable<Object, Object> {

  private static final long serialVersionUID = 1L;
  private static final Set<String> STOP = Set.of("SIGTERM", "SIGINT");

  private final transient BooleanSupplier onStop;

  private SignalTable(Hashtable<?, ?> present, BooleanSupplier onStop) {
    super(present);
    this.onStop = onStop;
  }

  /**
   * Installs a table that intercepts the stop signals.
   *
   * @param onStop must not block; returns whether it has taken the signal, which is otherwise
   *     handled as usual
   */
  static void intercept(BooleanSupplier onStop) {
    try {
      Field handlers = Class.forName("jdk.internal.misc.Signal").getDeclaredField("handlers");
      handlers.setAccessible(true);
      if (handlers.get(null) instanceof Hashtable<?, ?> present) {
        handlers.set(null, new SignalTable(present, onStop));
      }
    } catch (ReflectiveOperationException | RuntimeException e) {
      // Then a stop needs two threads, which are nearly always available.
    }
  }

  @Override
  public synchronized @Nullable Object get(Object signal) {
    if (STOP.contains(String.valueOf(signal)) && onStop.getAsBoolean()) {
      return null;
    }
    return super.get(signal);
  }
}
