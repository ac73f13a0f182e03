package io.datastored.daemon;

import io.datastored.access.Role;
import io.datastored.daemon.AccessTable.Door;
import io.datastored.daemon.RuledServer.InForce;
import io.datastored.service.wire.TrustDomains;
import io.grpc.InsecureChannelCredentials;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The access table over TCP and over TLS with each kind of certificate. */
final class AccessDoorsIT {

  @TempDir Path directory;
  private TestAuthority authority;
  private RuledServer server;

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void tcp_answersAsTheTableSays() throws Exception {
    server = RuledServer.start(directory, InForce.FILE, Optional.empty());
    AccessTable.play(List.of(tcp("anonymous@loopback")), server.own(), "", server::use);
  }

  @Test
  void tls_eachKindOfCertificate_answersAsTheTableSays() throws Exception {
    server = RuledServer.start(directory, InForce.FILE, Optional.of(tls()));
    AccessTable.play(certificates(), server.own(), "", server::use);
  }

  @Test
  void builtInRules_tcpOfThisHostIsAUser() throws Exception {
    server = RuledServer.start(directory, InForce.BUILT_IN, Optional.empty());
    AccessTable.playOneRole(tcp("anonymous"), Role.USER, AccessTable.hold(server.own()));
  }

  @Test
  void builtInRules_aNameIsAUser_andNoNameAReader() throws Exception {
    server = RuledServer.start(directory, InForce.BUILT_IN, Optional.of(tls()));
    Map<AccessTable.Row, AccessTable.Held> anothers = AccessTable.hold(server.own());
    List<Door> doors = new ArrayList<>(certificates());
    doors.add(new Door("no certificate", "anonymous", server.tcp(authority.client().build())));
    for (Door door : doors) {
      AccessTable.playOneRole(
          door, door.who().equals("anonymous") ? Role.READER : Role.USER, anothers);
    }
  }

  private Door tcp(String who) {
    return new Door("TCP as " + who, who, server.tcp(InsecureChannelCredentials.create()));
  }

  private List<Door> certificates() throws Exception {
    return List.of(
        door("CN only", "cn:backup", builder -> builder.subject("CN=backup, O=Acme")),
        door(
            "DNS name",
            "dns:*.example.org",
            builder -> builder.subject("CN=x").addSanDnsName("web1.example.org")),
        door(
            "SPIFFE id, empty subject",
            "spiffe://prod.example/backup/*",
            builder ->
                builder
                    .subject(new X500Principal(""))
                    .addSanUriName(URI.create("spiffe://prod.example/backup/nightly"))),
        door("empty subject", "anonymous", builder -> builder.subject(new X500Principal(""))));
  }

  private Door door(String name, String who, Consumer<CertificateBuilder> certificate)
      throws Exception {
    X509Bundle client = authority.certify(certificate);
    return new Door(
        name,
        who,
        server.tcp(
            authority
                .client()
                .keyManager(
                    TestAuthority.pem(client.getCertificatePathPEM()),
                    TestAuthority.pem(client.getPrivateKeyPEM()))
                .build()));
  }

  private TlsFiles tls() throws Exception {
    authority = TestAuthority.named("ours");
    return authority
        .server(directory)
        .withClients(
            new TlsFiles.Clients(
                authority.file(directory), TlsFiles.ClientCertificates.REQUEST, TrustDomains.ANY));
  }
}
