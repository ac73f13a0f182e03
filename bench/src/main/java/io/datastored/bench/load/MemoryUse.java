package io.datastored.bench.load;

import com.google.protobuf.util.Durations;
import io.datastored.bench.Facts;
import io.datastored.bench.Spread;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.OpenSessionRequest;
import io.datastored.v1.Operation;
import io.datastored.v1.SessionServiceGrpc;
import java.util.List;

/**
 * Measures how much heap of the server an idle session and a lease occupy. Confined to its thread.
 */
final class MemoryUse {

  private static final int DATASTORES = 10;

  private MemoryUse() {}

  /**
   * @param args {@code --short} for a tenth
   */
  public static void main(String[] args) throws Exception {
    int sessions = List.of(args).contains("--short") ? 1_000 : 10_000;
    int leases = 5 * sessions;
    try (DatastoredServer ours = DatastoredServer.start(DATASTORES, List.of());
        Connections connections = Connections.open(ours.process().port(), 50)) {
      Load load = new Load(connections, 64);
      var open =
          new OneCall<>(
              SessionServiceGrpc.getOpenSessionMethod(),
              n ->
                  OpenSessionRequest.newBuilder()
                      .setSessionId("session-" + n)
                      .setTtl(Durations.fromMinutes(5))
                      .build());
      var grant =
          new OneCall<>(
              DatastoreServiceGrpc.getLookupMethod(),
              n ->
                  LookupRequest.newBuilder()
                      .setDatastore("store" + n % DATASTORES)
                      .setOperation(Operation.OPERATION_READ)
                      .setSessionId("session-" + n % sessions)
                      .setLeaseId("lease-" + n)
                      .build());
      double before = ours.process().liveHeap();
      load.times(open, sessions);
      double opened = ours.process().liveHeap();
      load.times(grant, leases);
      double granted = ours.process().liveHeap();
      double session = (opened - before) / sessions / 1024;
      double lease = (granted - opened) / leases / 1024;
      System.out.println("| heap of the server | KiB each |");
      System.out.println("| --- | ---: |");
      System.out.printf("| %,d idle sessions | %s |%n", sessions, Spread.digits(session));
      System.out.printf("| %,d leases | %s |%n", leases, Spread.digits(lease));
      Facts.tell("memory.session", session);
      Facts.tell("memory.lease", lease);
    }
    System.exit(0);
  }
}
