package io.datastored.daemon;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolNegotiator;
import io.netty.handler.ssl.SslContext;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSessionContext;

/**
 * A TLS context of full handshakes never resumes an earlier session. Thread-safe. A resumed session
 * verifies no certificate: a client could come back for a day after its certificate has expired or
 * its authority was removed.
 *
 * <p>Each connection gets a context of its own, and with it a cache and ticket keys that no other
 * connection knows. The JDK has no option per context for this: the timeout of sessions is not
 * applied to tickets.
 */
final class FullHandshakes extends SslContext {
  private final Supplier<SslContext> contexts;
  private final SslContext sample;

  /**
   * @param contexts a new context, configured like the others, for each connection of a server
   */
  FullHandshakes(Supplier<SslContext> contexts) {
    this.contexts = contexts;
    this.sample = contexts.get();
  }

  @Override
  public SSLEngine newEngine(ByteBufAllocator allocator) {
    return contexts.get().newEngine(allocator);
  }

  @Override
  public SSLEngine newEngine(ByteBufAllocator allocator, String host, int port) {
    return contexts.get().newEngine(allocator, host, port);
  }

  @Override
  public boolean isClient() {
    return sample.isClient();
  }

  @Override
  public List<String> cipherSuites() {
    return sample.cipherSuites();
  }

  @Override
  @SuppressWarnings("deprecation") // abstract in the parent
  public ApplicationProtocolNegotiator applicationProtocolNegotiator() {
    return sample.applicationProtocolNegotiator();
  }

  @Override
  public SSLSessionContext sessionContext() {
    return sample.sessionContext();
  }
}
