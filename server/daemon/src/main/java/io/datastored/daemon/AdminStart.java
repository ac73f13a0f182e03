package io.datastored.daemon;

import com.google.common.io.Closer;
import io.datastored.admin.AdminAddress;
import io.datastored.admin.AdminExposure;
import io.datastored.admin.AdminListener;
import io.datastored.admin.AdminOptions;
import io.datastored.admin.AdminSources;
import java.io.IOException;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An admin start starts the admin listener of a server. Stateless. */
final class AdminStart {
  private static final Logger log = LoggerFactory.getLogger(AdminStart.class);

  private AdminStart() {}

  /**
   * Starts the admin listener, if the options have one. If its address is the default one and
   * cannot be used, the server goes on without: a second server on this host is not an error.
   */
  static Optional<AdminListener> start(
      AdminOptions options, Optional<SSLContext> certificate, AdminSources sources, Closer rooms)
      throws DaemonStartException {
    if (options.listen().isEmpty()) {
      return Optional.empty();
    }
    AdminAddress address = options.listen().get();
    Optional<SSLContext> tls = Optional.empty();
    if (options.exposure() == AdminExposure.ENCRYPTED) {
      tls = certificate;
      if (tls.isEmpty()) {
        throw new DaemonStartException(
            DaemonStartException.Kind.OPTIONS,
            "--admin-tls needs --tls-cert and --tls-key: it uses the same certificate");
      }
    }
    try {
      AdminListener listener = AdminListener.start(address, options, tls, sources);
      rooms.register(listener::close);
      sources.services().overHttp().links().openedAt(listener.pageUrl());
      log.atInfo().addKeyValue("url", listener.url()).log("serving health and status over HTTP");
      return Optional.of(listener);
    } catch (IOException e) {
      String sentence =
          "cannot listen on the admin address %s: %s".formatted(address, e.getMessage());
      if (address.origin() == AdminAddress.Origin.GIVEN) {
        throw new DaemonStartException(DaemonStartException.Kind.ADDRESS, sentence, e);
      }
      log.atWarn()
          .log(
              "{}; continuing without health and status over HTTP. Give another address or none"
                  + " with --admin-listen",
              sentence);
      return Optional.empty();
    }
  }
}
