package io.datastored.daemon;

import io.grpc.TlsChannelCredentials;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** A certificate authority of a test, and what it certifies. */
final class TestAuthority {
  private final X509Bundle root;

  private TestAuthority(X509Bundle root) {
    this.root = root;
  }

  static TestAuthority named(String name) throws Exception {
    return new TestAuthority(
        new CertificateBuilder()
            .subject("CN=" + name)
            .setIsCertificateAuthority(true)
            .ecp256()
            .buildSelfSigned());
  }

  /** A server on this host that is certified by this authority. */
  TlsFiles server(Path directory) throws Exception {
    X509Bundle server =
        certify(builder -> builder.subject("CN=server").addSanIpAddress("127.0.0.1"));
    Path certificate = directory.resolve("server.pem");
    Path key = directory.resolve("server.key");
    Files.writeString(certificate, server.getCertificatePathPEM());
    Files.writeString(key, server.getPrivateKeyPEM());
    return TlsFiles.of(certificate, key);
  }

  /** Its certificate. */
  Path file(Path directory) throws IOException {
    return Files.writeString(directory.resolve("clients.pem"), root.getCertificatePEM());
  }

  X509Bundle certify(Consumer<CertificateBuilder> change) throws Exception {
    CertificateBuilder builder = new CertificateBuilder().ecp256();
    change.accept(builder);
    return builder.buildIssuedBy(root);
  }

  /** A client that trusts the servers of this authority and has no certificate. */
  TlsChannelCredentials.Builder client() throws IOException {
    return TlsChannelCredentials.newBuilder().trustManager(pem(root.getCertificatePEM()));
  }

  static InputStream pem(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
  }
}
