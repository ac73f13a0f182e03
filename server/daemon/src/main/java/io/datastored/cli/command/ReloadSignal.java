package io.datastored.cli.command;

import com.google.common.collect.ImmutableMap;
import io.datastored.cli.flag.LogSetup;
import io.datastored.cli.view.CommandFailed;
import io.datastored.daemon.Daemon;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.ParameterException;
import sun.misc.Signal;

/**
 * A reload signal makes a server read its files again on SIGHUP, and says in the log what is in
 * force and what needs a restart. Thread-safe: one reload at a time.
 *
 * <p>The server follows its configuration, rules, certificates and audit log by itself; the signal
 * only makes it look now. Options are read on the signal alone.
 */
final class ReloadSignal {

  private static final Logger log = LoggerFactory.getLogger(ReloadSignal.class);

  private static final String LOG_LEVEL = "log-level";

  private final GivenOptions given;
  private final Daemon daemon;

  /** What is in force. */
  private ImmutableMap<String, String> present;

  private ReloadSignal(GivenOptions given, Daemon daemon, ImmutableMap<String, String> present) {
    this.given = given;
    this.daemon = daemon;
    this.present = present;
  }

  /** Keeps the signal from ending a server that is still starting. */
  static void ignore() {
    Signal.handle(new Signal("HUP"), ignored -> {});
  }

  /** Reloads a server at each signal. */
  static void install(GivenOptions given, Daemon daemon, GivenOptions.Read present) {
    var reload = new ReloadSignal(given, daemon, present.values());
    Signal.handle(new Signal("HUP"), signal -> reload.run());
  }

  private synchronized void run() {
    daemon.reload(this::readOptions);
  }

  private void readOptions() {
    GivenOptions.Read read;
    try {
      read = given.read();
    } catch (CommandFailed | ParameterException e) {
      log.atError()
          .log("the options file cannot be used, the options in force stay: {}", e.getMessage());
      return;
    }
    present.forEach((name, before) -> compare(name, before, read));
  }

  private void compare(String name, String before, GivenOptions.Read read) {
    String now = String.valueOf(read.values().get(name));
    if (now.equals(before)) {
      return;
    }
    if (name.equals(LOG_LEVEL)) {
      LogSetup.change(read.command().logLevel);
      present = changed(name, now);
      log.atInfo().addKeyValue("before", before).addKeyValue("now", now).log("--{} changed", name);
    } else {
      log.atWarn()
          .addKeyValue("in_force", before)
          .addKeyValue("now", now)
          .log("--{} changed: restart the server to apply it", name);
    }
  }

  private ImmutableMap<String, String> changed(String name, String now) {
    return ImmutableMap.<String, String>builder().putAll(present).put(name, now).buildKeepingLast();
  }
}
