package io.datastored.bench.load;

import io.datastored.bench.Facts;
import io.datastored.bench.Spread;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Measures what those who look at a server cost its lookups: ten open status pages, which stay
 * open, and one that scrapes its metrics once a second; and what a scrape of many datastores takes.
 * Confined to its thread.
 */
final class ScrapedRates {

  private static final int DATASTORES = 1000;
  private static final int MANY_DATASTORES = 10_000;
  private static final int PAGES = 10;
  private static final int ROUNDS = 16;
  private static final int FEW_ROUNDS = 6;

  /** A scrape falls into each. */
  private static final Duration ROUND = Duration.ofSeconds(1);

  /** A server that is looked at has been for hours: so often, before it is measured. */
  private static final int SCRAPES_BEFORE = 300;

  private static final int EVENTS_BEFORE = 30;
  private static final int FEW_EVENTS_BEFORE = 5;

  private static final int SCRAPES = 50;
  private static final int COLD_SCRAPES = 20;

  private ScrapedRates() {}

  /**
   * @param args {@code --short} for a few seconds
   */
  public static void main(String[] args) throws Exception {
    boolean isShort = List.of(args).contains("--short");
    int runs = isShort ? 1 : 3;
    int events = isShort ? FEW_EVENTS_BEFORE : EVENTS_BEFORE;
    HttpClient client = HttpClient.newHttpClient();
    Map<String, OpenPages> opened = new HashMap<>();
    var measured = new PairedRates(isShort ? FEW_ROUNDS : ROUNDS, ROUND);
    for (int run = 0; run < runs; run++) {
      measured.run(
          run % 2 == 0,
          () -> DatastoredServer.startWithAdmin(DATASTORES),
          () -> DatastoredServer.startWithAdmin(DATASTORES),
          server -> looking(client, opened, server.adminUrl(), events));
    }
    Spread rates = Spread.of(measured.rates());
    Spread costs = Spread.of(measured.costs());
    System.out.printf(
        "| LOOKUP with %d open pages and a scrape each second to LOOKUP without | ratio |%n",
        PAGES);
    System.out.println("| --- | ---: |");
    System.out.printf("| calls per second, in the same round | %s× |%n", rates.cell());
    System.out.printf(
        "| calls per second of the server's processor time, each run | %s× |%n", costs.cell());
    Facts.tell("grpc.lookup.scraped", rates);
    Facts.tell("grpc.lookup.scraped.cpu", costs);
    scrapeMany(client);
    System.exit(0);
  }

  /** Keeps pages open until the server ends, and asks for the metrics until it is closed. */
  private static PairedRates.Beside.Ending looking(
      HttpClient client, Map<String, OpenPages> opened, String url, int events) {
    var unused = opened.computeIfAbsent(url, each -> shown(client, each, events));
    ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    long each = ROUND.toMillis();
    var scrapes =
        clock.scheduleAtFixedRate(
            () -> get(client, url + "/metrics", answer -> {}),
            each / 2,
            each,
            TimeUnit.MILLISECONDS);
    return clock::shutdownNow;
  }

  private static OpenPages shown(HttpClient client, String url, int events) {
    OpenPages pages = OpenPages.open(client, url, PAGES);
    for (int i = 0; i < SCRAPES_BEFORE; i++) {
      get(client, url + "/metrics", answer -> {});
    }
    pages.awaitEvents(PAGES * events);
    return pages;
  }

  private static void get(HttpClient client, String url, Consumer<byte[]> use) {
    try {
      HttpResponse<byte[]> answer =
          client.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofByteArray());
      if (answer.statusCode() != 200) {
        throw new IllegalStateException(url + " answers " + answer.statusCode());
      }
      use.accept(answer.body());
    } catch (IOException e) {
      throw new IllegalStateException(url, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void scrapeMany(HttpClient client) throws IOException {
    List<Double> times = new ArrayList<>();
    List<Double> sizes = new ArrayList<>();
    try (DatastoredServer server = DatastoredServer.startWithAdmin(MANY_DATASTORES)) {
      for (int i = 0; i < COLD_SCRAPES + SCRAPES; i++) {
        long begun = System.nanoTime();
        get(client, server.adminUrl() + "/metrics", body -> sizes.add(body.length / 1024.0));
        times.add((System.nanoTime() - begun) / 1e6);
      }
    }
    Spread time = Spread.of(times.subList(COLD_SCRAPES, times.size()));
    Spread size = Spread.of(sizes);
    System.out.printf("%n| a scrape of %,d datastores | |%n", MANY_DATASTORES);
    System.out.println("| --- | ---: |");
    System.out.printf("| time | %s ms |%n", time.cell());
    System.out.printf("| size | %s KiB |%n", size.cell());
    Facts.tell("metrics.10000.time", time);
    Facts.tell("metrics.10000.size", size);
  }
}
