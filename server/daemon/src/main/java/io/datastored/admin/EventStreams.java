package io.datastored.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpExchange;
import io.datastored.access.Limit;
import io.datastored.access.PageTokens;
import io.datastored.access.Shares;
import io.datastored.service.page.PageFeed;
import io.datastored.service.page.PageReader;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event streams feed the open status pages. Thread-safe. Each has a thread of its own, which
 * waits for the next event and for nobody else, so there are few of them: one principal gets at
 * most its share, and operators have a reserve.
 *
 * <p>A stream ends by itself before the listener would cut off its answer, and the page asks for
 * the next one, which goes on where the last one ended. So a page that does not read, or is gone,
 * holds a thread for a minute at most.
 */
final class EventStreams implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EventStreams.class);

  private static final Duration TICK = Duration.ofSeconds(1);

  /** Less than the longest answer of the listener. */
  private static final Duration LONGEST = Duration.ofSeconds(45);

  /** A page that takes longer to read an event gets no other one on this stream. */
  private static final Duration SLOW = Duration.ofSeconds(10);

  private final PageFeed feed;
  private final PageTokens tokens;
  private final Shares places;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          new ThreadFactoryBuilder().setNameFormat("datastored-page-%d").setDaemon(true).build());
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          new ThreadFactoryBuilder()
              .setNameFormat("datastored-page-clock")
              .setDaemon(true)
              .build());

  private EventStreams(PageFeed feed, PageTokens tokens, int most) {
    this.feed = feed;
    this.tokens = tokens;
    this.places = new Shares(new Limit("open pages", most), 50);
  }

  /**
   * Starts feeding pages.
   *
   * @param most so many may be open
   */
  static EventStreams start(PageFeed feed, PageTokens tokens, int most) {
    var streams = new EventStreams(feed, tokens, most);
    streams.every(TICK, feed::tick);
    streams.every(PageFeed.RECORDED, feed::record);
    return streams;
  }

  private void every(Duration period, Runnable task) {
    var unused =
        clock.scheduleWithFixedDelay(
            () -> {
              try {
                task.run();
              } catch (RuntimeException e) {
                log.atError().setCause(e).log("the status page could not be updated");
              }
            },
            period.toMillis(),
            period.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /**
   * Takes over a request.
   *
   * @param after the last version that the page has seen
   */
  void begin(HttpExchange exchange, Looker looker, String after) throws IOException {
    if (!places.tryTake(looker.subject())) {
      try (exchange) {
        Answer.text(503, places.reached(looker.subject().identity().principal()).toString())
            .with("Retry-After", "10")
            .sendTo(exchange);
      }
      return;
    }
    try {
      threads.execute(() -> run(exchange, looker, after));
    } catch (RejectedExecutionException e) {
      places.giveBack(looker.subject().identity().principal());
      exchange.close(); // the server is stopping
    }
  }

  private void run(HttpExchange exchange, Looker looker, String after) {
    try (exchange;
        PageReader reader = feed.open(looker.subject(), after)) {
      exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
      exchange.sendResponseHeaders(200, 0);
      send(reader, looker, exchange.getResponseBody());
    } catch (IOException e) {
      // The page was closed.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the server is stopping
    } catch (RuntimeException e) {
      log.atError().setCause(e).log("a status page cannot be shown");
    } finally {
      places.giveBack(looker.subject().identity().principal());
    }
  }

  private void send(PageReader reader, Looker looker, OutputStream out)
      throws IOException, InterruptedException {
    var who = new JsonObject();
    who.addProperty("you", looker.subject().identity().principal().text());
    who.addProperty("token", looker.token().isPresent());
    write(out, ("data: " + who + "\n\n").getBytes(UTF_8));
    long begun = System.nanoTime();
    while (System.nanoTime() - begun < LONGEST.toNanos() && !hasEnded(reader, looker)) {
      Optional<byte[]> event = reader.next(TICK);
      if (event.isPresent() && !hasEnded(reader, looker)) {
        long before = System.nanoTime();
        write(out, event.get());
        if (System.nanoTime() - before > SLOW.toNanos()) {
          return;
        }
      }
    }
  }

  private boolean hasEnded(PageReader reader, Looker looker) {
    return reader.hasEnded() || looker.token().filter(tokens::hasEnded).isPresent();
  }

  private static void write(OutputStream out, byte[] event) throws IOException {
    out.write(event);
    out.flush();
  }

  /** Ends every stream; its page comes back with the rights of then. */
  void onRulesChanged() {
    feed.onRulesChanged();
  }

  /** Ends every stream. Idempotent. */
  @Override
  public void close() {
    clock.shutdownNow();
    feed.close();
    threads.shutdown();
  }
}
