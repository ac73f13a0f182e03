package io.datastored.bench.load;

import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.LookupResponse;
import io.datastored.v1.Operation;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Paired rates compare the lookups of two servers that differ in one thing: both get the same load,
 * in turns. Confined to its thread. Each run has its own servers, because no two processes are
 * compiled alike.
 */
final class PairedRates {

  private static final int CONNECTIONS = 4;
  private static final int IN_FLIGHT = 64;
  private static final Duration WARM_UP = Duration.ofSeconds(3);
  private static final int WARM_UPS = 2;

  /** For each round: the rate with it to the rate without. */
  private final List<Double> rates = new ArrayList<>();

  /** For each run: calls per second of the server's processor time, with it to without. */
  private final List<Double> costs = new ArrayList<>();

  private final int rounds;
  private final Duration round;

  PairedRates(int rounds, Duration round) {
    this.rounds = rounds;
    this.round = round;
  }

  /** Starts one of the two servers. */
  @FunctionalInterface
  interface Start {
    DatastoredServer server() throws IOException;
  }

  /** What goes on beside the load of a round. */
  @FunctionalInterface
  interface Beside {
    /** Begins it on a server; it ends when the result is closed. */
    Ending begin(DatastoredServer server);

    /** The end of what goes on. */
    @FunctionalInterface
    interface Ending extends AutoCloseable {
      @Override
      void close();
    }
  }

  /** A side is one of the two servers, with its load and what it has done in this run. */
  private final class Side {
    private final DatastoredServer server;
    private final Beside beside;
    private final Load load;
    private final OneCall<LookupRequest, LookupResponse> call;
    private final List<Double> rates = new ArrayList<>();
    private double calls;
    private double cpuSeconds;

    Side(DatastoredServer server, Connections connections, Beside beside) {
      this.server = server;
      this.beside = beside;
      this.load = new Load(connections, IN_FLIGHT);
      String etag =
          DatastoreServiceGrpc.newBlockingStub(connections.get(0))
              .lookup(lookup(""))
              .getDatastore()
              .getEtag();
      LookupRequest request = lookup(etag);
      this.call = new OneCall<>(DatastoreServiceGrpc.getLookupMethod(), n -> request);
    }

    private static LookupRequest lookup(String etag) {
      return LookupRequest.newBuilder()
          .setDatastore("store7")
          .setOperation(Operation.OPERATION_LOOKUP)
          .setKnownEtag(etag)
          .build();
    }

    void warm() throws InterruptedException {
      try (Beside.Ending besides = beside.begin(server)) {
        Load.Result unused = load.closed(call, WARM_UP);
      }
    }

    void round() throws InterruptedException {
      double before = server.process().cpuSeconds();
      double rate;
      try (Beside.Ending besides = beside.begin(server)) {
        rate = load.closed(call, round).rate();
      }
      cpuSeconds += server.process().cpuSeconds() - before;
      calls += rate * round.toMillis() / 1000;
      rates.add(rate);
    }
  }

  /**
   * Measures one run.
   *
   * @param firstWith whether the server with it is started first, and begins each second round
   * @param beside what goes on beside the rounds of the server with it
   */
  void run(boolean firstWith, Start with, Start without, Beside beside) throws Exception {
    try (DatastoredServer one = (firstWith ? with : without).server();
        DatastoredServer other = (firstWith ? without : with).server();
        Connections toOne = Connections.open(one.process().port(), CONNECTIONS);
        Connections toOther = Connections.open(other.process().port(), CONNECTIONS)) {
      Beside nothing = server -> () -> {};
      Side first = new Side(one, toOne, firstWith ? beside : nothing);
      Side second = new Side(other, toOther, firstWith ? nothing : beside);
      for (int i = 0; i < WARM_UPS; i++) {
        first.warm();
        second.warm();
      }
      for (int i = 0; i < rounds; i++) {
        boolean swapped = i % 2 == 1;
        (swapped ? second : first).round();
        (swapped ? first : second).round();
      }
      Side measured = firstWith ? first : second;
      Side plain = firstWith ? second : first;
      for (int i = 0; i < rounds; i++) {
        rates.add(measured.rates.get(i) / plain.rates.get(i));
      }
      costs.add(measured.calls / measured.cpuSeconds / (plain.calls / plain.cpuSeconds));
    }
  }

  List<Double> rates() {
    return rates;
  }

  List<Double> costs() {
    return costs;
  }
}
