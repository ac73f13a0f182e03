package io.datastored.engine.snapshot;

import io.datastored.config.DatastoreName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * A fault log logs each fault of the configuration file once when it appears and once when it is
 * gone. Stateless. It logs places and reasons, never the file's content.
 */
public final class FaultLog {

  private static final Logger log = LoggerFactory.getLogger(FaultLog.class);

  private FaultLog() {}

  public static void tell(SnapshotFaults before, SnapshotFaults after) {
    after
        .bySection()
        .forEach(
            (name, fault) -> {
              if (!fault.equals(before.bySection().get(name))) {
                tell(name, fault);
              }
            });
    for (DatastoreName name : before.bySection().keySet()) {
      if (!after.bySection().containsKey(name)) {
        log.atInfo().addKeyValue("datastore", name).log("the section is valid again");
      }
    }
    for (DatastoreFault fault : after.ofFile()) {
      if (!before.ofFile().contains(fault)) {
        at(fault).log("the configuration file has a fault: {}", fault.where().message());
      }
    }
  }

  private static void tell(DatastoreName name, DatastoreFault fault) {
    String instead =
        switch (fault.serving()) {
          case LAST_GOOD -> "its last good version is served";
          case CLOSED -> "it is served closed to READ and WRITE";
          case NOTHING -> "it is not served";
        };
    at(fault)
        .addKeyValue("datastore", name)
        .log("the section is faulty, {}: {}", instead, fault.where().message());
  }

  private static LoggingEventBuilder at(DatastoreFault fault) {
    return log.atWarn()
        .addKeyValue("line", fault.where().line())
        .addKeyValue("column", fault.where().column())
        .addKeyValue("property", fault.where().property());
  }
}
