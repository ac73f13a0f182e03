package io.datastored.service.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.datastored.config.DatastoreName;
import io.datastored.engine.Engine;
import io.datastored.engine.EngineFixture;
import io.datastored.engine.Intent;
import io.datastored.engine.WriteOutcome;
import io.datastored.service.stream.WatchClient.Reading;
import io.datastored.soak.Soak;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class SlowWatchersTest {
  private static final int SLOW = 100;
  private static final int QUICK = 5;
  private static final int DATASTORES = 200;
  private static final int WHOLE = 100_000;

  /** Far below what a message kept for each slow watcher and change would take at a thousandth. */
  private static final long MOST_RETAINED_BYTES = 16L << 20;

  @Test
  @Tag("soak")
  void watchersThatDoNotRead_holdNothing_andMissNothing() throws Exception {
    Soak soak = Soak.of("100 watchers that read nothing cost nothing and miss nothing");
    int changes = soak.times(WHOLE);
    try (EngineFixture fixture = EngineFixture.with(EngineFixture.config(DATASTORES));
        WatchServer server = WatchServer.inProcess(fixture.engine())) {
      Engine engine = fixture.engine();
      List<WatchClient> slow = open(server, SLOW, Reading.WHEN_ASKED);
      List<WatchClient> quick = open(server, QUICK, Reading.AT_ONCE);
      // Each has its snapshot, so that every generation from here on must come in a change.
      slow.forEach(client -> client.ask(1));
      slow.forEach(client -> awaitHead(client, engine));
      quick.forEach(client -> awaitHead(client, engine));
      long before = heldBytes();

      for (int i = 0; i < changes; i++) {
        change(engine, i);
      }
      quick.forEach(client -> awaitHead(client, engine));
      // What is asked is what the server holds for the slow ones.
      quick.forEach(WatchClient::forgetMessages);
      long retained = heldBytes() - before;

      assertThat(slow).allMatch(client -> client.messages().size() == 1);
      assertThat(retained).isLessThan(MOST_RETAINED_BYTES);
      slow.forEach(client -> client.ask(2));
      slow.forEach(client -> awaitHead(client, engine));
      assertThat(slow).allMatch(client -> client.messages().size() == 2);
      assertThat(slow).allMatch(client -> client.generations() == changes);
      assertThat(quick).allMatch(client -> client.generations() == changes);
      assertThat(server.overrun).hasValue(0);

      WatchClient back = slow.get(0);
      back.breakOff();
      await().until(() -> back.ended().isPresent());
      back.open(server);
      back.ask(10);
      await().until(() -> !back.messages().isEmpty());
      assertThat(back.messages()).hasSize(1);
      assertThat(back.messages().get(0).hasBookmark()).isTrue();
    }
    soak.end(changes, 0);
  }

  private static List<WatchClient> open(WatchServer server, int count, Reading reading) {
    List<WatchClient> clients = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      clients.add(new WatchClient(reading).open(server));
    }
    return clients;
  }

  private static void change(Engine engine, int i) {
    WriteOutcome outcome =
        engine.update(
            DatastoreName.of(String.format("s%04d", i % DATASTORES)),
            Optional.empty(),
            settings -> settings.toBuilder().comment(Optional.of("change " + i)).build(),
            Intent.COMMIT);
    assertThat(outcome).isInstanceOf(WriteOutcome.Written.class);
  }

  private static void awaitHead(WatchClient client, Engine engine) {
    long head = engine.snapshot().revision().generation().value();
    await().until(() -> client.generation() == head);
  }

  @SuppressWarnings("ExplicitGc") // what is still reachable is what is asked
  private static long heldBytes() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
