package io.datastored.cli.command;

import java.lang.reflect.Field;
import java.util.Hashtable;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The signal table is where the Java VM looks up who handles a signal. Thread-safe: as a Hashtable.
 *
 * <p>The VM looks on a thread of its own, and would start another one for the handler that it
 * finds; where none can be started the signal is lost. So SIGTERM and Ctrl-C are acted on while it
 * looks. The table is inside of the JDK: the jar's manifest opens it, and without that, or in a JDK
 * that has another one, signals are handled as ever.
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
   * Has the process act on being told to end.
   *
   * @param onStop must not block; whether it has taken the signal, which is handled as ever else
   */
  static void intercept(BooleanSupplier onStop) {
    try {
      Field handlers = Class.forName("jdk.internal.misc.Signal").getDeclaredField("handlers");
      handlers.setAccessible(true);
      if (handlers.get(null) instanceof Hashtable<?, ?> present) {
        handlers.set(null, new SignalTable(present, onStop));
      }
    } catch (ReflectiveOperationException | RuntimeException e) {
      // Then a stop needs two threads, which there nearly always are.
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
