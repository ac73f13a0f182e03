package io.datastored.cli.command;

import io.datastored.cli.view.Terminal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import sun.misc.Signal;

/**
 * A signal relay forwards the signals that would end this process to a child, whose end then ends
 * this process too. Thread-safe: guarded by itself.
 */
final class SignalRelay {

  private final Terminal screen;
  private final List<String> early = new ArrayList<>();
  private Optional<Child> child = Optional.empty();

  SignalRelay(Terminal screen) {
    this.screen = screen;
  }

  /** From here on, the signals do not end this process. */
  void install() {
    for (String name : List.of("INT", "TERM", "HUP")) {
      Signal.handle(new Signal(name), signal -> received(signal.getName()));
    }
  }

  synchronized void received(String name) {
    if (screen == Terminal.TERMINAL && name.equals("INT")) {
      // Ctrl-C reaches every process of the terminal; a second SIGINT would mean "now, without
      // cleaning up".
      return;
    }
    if (child.isPresent()) {
      child.get().signal(name);
    } else {
      early.add(name);
    }
  }

  /** Forwards now the signals that came before there was a child. */
  synchronized void relayTo(Child receiver) {
    child = Optional.of(receiver);
    early.forEach(receiver::signal);
    early.clear();
  }
}
