package io.datastored.daemon;

import com.google.common.collect.ImmutableSet;
import com.google.common.io.Closer;
import io.datastored.access.Access;
import io.datastored.access.AccessStartException;
import io.datastored.access.Identity;
import io.datastored.access.OpenedRules;
import io.datastored.access.Rules;
import io.datastored.access.SystemUsers;
import io.datastored.engine.Engine;
import io.datastored.engine.health.PeriodicTask;
import io.datastored.file.DiskSteps;
import io.datastored.file.ProcessUser;
import io.datastored.file.StoreException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An access start puts the rules of a server in force when it starts. Immutable. */
final class AccessStart {
  private static final Logger log = LoggerFactory.getLogger(AccessStart.class);

  /** More than the limit for a lookup of names, during which a look is not stalled. */
  private static final Duration STALLED = Duration.ofMinutes(1);

  private final DaemonOptions options;
  private final OpenedRules rules;

  private AccessStart(DaemonOptions options, OpenedRules rules) {
    this.options = options;
    this.rules = rules;
  }

  /** Reads the rules, before the engine is opened: bad ones change nothing. */
  static AccessStart read(DaemonOptions options, Environment around)
      throws DaemonStartException, StoreException {
    try {
      return new AccessStart(
          options,
          OpenedRules.of(
              options.access(),
              options.engine().stateDirectory(),
              SystemUsers.ofThisHost(),
              DiskSteps.REAL,
              around.wallClock()));
    } catch (AccessStartException e) {
      throw new DaemonStartException(
          DaemonStartException.Kind.OPTIONS, String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Puts the rules in force, and follows their file until {@code rooms} are closed. Root and this
   * process's own user are admins: they could change the files anyway.
   */
  Access begin(Engine engine, Closer rooms) throws IOException {
    Access access =
        new Access(
            Rules.builtIn(), ImmutableSet.of(Identity.user(0), Identity.user(ProcessUser.id())));
    Runnable look =
        rules.begin(
            access, SystemUsers::ofThisHost, () -> engine.snapshot().revision(), engine.troubles());
    rooms.register(
        engine
                .tasks()
                .start(
                    "check of the rules",
                    options.access().check(),
                    STALLED,
                    PeriodicTask.Need.TO_BE_TOLD,
                    look::run)
            ::close);
    warning(options).ifPresent(sentence -> log.atWarn().log(sentence));
    return access;
  }

  /** What an operator should know about the rules; empty if that is nothing. */
  static Optional<String> warning(DaemonOptions options) {
    if (options.access().open()) {
      return Optional.of("--open: everybody who can connect may do everything");
    }
    return options.access().rules().isEmpty() && admitsNamelessGuests(options)
        ? Optional.of(
            "clients of other hosts without a certificate can see every datastore, and no more"
                + " (role reader): require certificates with --tls-client-ca FILE, or write rules"
                + " (--access FILE)")
        : Optional.empty();
  }

  /** Whether other hosts can connect without a certificate. */
  private static boolean admitsNamelessGuests(DaemonOptions options) {
    return options.listen().stream().anyMatch(address -> !address.local())
        && options
            .tls()
            .flatMap(TlsFiles::clients)
            .filter(clients -> clients.certificates() == TlsFiles.ClientCertificates.REQUIRE)
            .isEmpty();
  }
}
