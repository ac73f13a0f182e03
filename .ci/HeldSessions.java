import io.datastored.client.ChannelSource;
import io.datastored.client.ClientListener;
import io.datastored.client.ClientOptions;
import io.datastored.client.ClientThreads;
import io.datastored.client.DatastoredClient;
import io.datastored.client.Handle;
import io.datastored.client.LeaseLost;
import io.datastored.client.LookupOptions;
import io.datastored.client.Operation;
import io.datastored.client.SessionOpened;
import io.datastored.client.SharedConnections;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * Holds a lease in each of many sessions until a line comes in, and then says what has become of them: with the jar of
 * the benchmarks on the class path, {@code java HeldSessions.java TARGET COUNT}.
 */
public final class HeldSessions {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  /** The longest that a server grants: two cores carry a thousand clients and their server. */
  private static final Duration TTL = Duration.ofMinutes(1);

  private static final int CHANNELS_ON_A_CONNECTION = 200;

  private HeldSessions() {}

  public static void main(String[] args) throws Exception {
    int count = Integer.parseInt(args[1]);
    var opened = new AtomicInteger();
    var lost = new AtomicInteger();
    // Two thousand connections would be most of what one process may open, and most of the work.
    ChannelSource connections =
        SharedConnections.of(
            target -> Grpc.newChannelBuilder(target, InsecureChannelCredentials.create()),
            CHANNELS_ON_A_CONNECTION);
    List<DatastoredClient> clients = new ArrayList<>();
    List<Handle> handles = new ArrayList<>();
    try (ClientThreads threads = ClientThreads.create("sessions", 2)) {
      for (int i = 0; i < count; i++) {
        DatastoredClient client =
            DatastoredClient.create(
                ClientOptions.builder(args[0])
                    .holder("held-sessions", "1")
                    .ttl(TTL)
                    .datastores(List.of("main"))
                    .threads(threads)
                    .channels(connections)
                    .build());
        client.addListener(
            new ClientListener() {
              @Override
              public void onSession(SessionOpened session) {
                opened.incrementAndGet();
              }

              @Override
              public void onLeaseLost(LeaseLost news) {
                if (lost.getAndIncrement() < 5) {
                  System.err.println(news);
                }
              }
            });
        clients.add(client.start());
      }
      LookupOptions patient = LookupOptions.DEFAULT.withDeadline(PATIENCE);
      for (DatastoredClient client : clients) {
        handles.add(client.lookup("main", Operation.WRITE, patient));
      }
      System.out.println("held " + handles.size());
      if (System.in.read() < 0) {
        throw new IllegalStateException("nobody says that the upgrade is over");
      }
      await(() -> opened.get() >= 2 * count);
      long alive = handles.stream().filter(Handle::alive).count();
      System.out.printf("opened %d alive %d lost %d%n", opened.get(), alive, lost.get());
      handles.forEach(Handle::close);
      clients.forEach(DatastoredClient::close);
    }
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean() && System.nanoTime() < end) {
      Thread.sleep(50);
    }
  }
}
