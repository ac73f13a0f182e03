import io.datastored.client.AppliedFrame;
import io.datastored.client.ClientListener;
import io.datastored.client.ClientOptions;
import io.datastored.client.ClientState;
import io.datastored.client.ClientThreads;
import io.datastored.client.DatastoredClient;
import io.datastored.client.DatastoredException;
import io.datastored.client.Handle;
import io.datastored.client.Operation;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The programs of .ci/stories: with datastored.jar on the class path, {@code java StoryClients.java}. A line on its input
 * does something, and is answered by a line:
 *
 * <ul>
 *   <li>{@code start NAME COUNT TTL TARGET}: starts clients that cache, with a ttl in seconds, and looks up {@code main} in each all the time
 *   <li>{@code ask NAME TARGET}: starts a client that caches nothing, so that each of its lookups is a call
 *   <li>{@code zero}: forgets what was counted
 *   <li>{@code report NAME}: what these have seen since: {@code lookups failed longest-ms snapshots fresh applied-least}
 * </ul>
 */
public final class StoryClients {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final ClientThreads threads = ClientThreads.create("stories", 2);
  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(4);
  private final List<Program> programs = new ArrayList<>();

  private StoryClients() {}

  public static void main(String[] args) throws Exception {
    var stories = new StoryClients();
    var lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] words = line.split(" ");
      switch (words[0]) {
        case "start" -> stories.start(words[1], Integer.parseInt(words[2]), Integer.parseInt(words[3]), words[4], true);
        case "ask" -> stories.start(words[1], 1, 10, words[2], false);
        case "zero" -> stories.programs.forEach(Program::zero);
        case "report" -> System.out.println(stories.report(words[1]));
        default -> throw new IllegalArgumentException(line);
      }
      if (!words[0].equals("report")) {
        System.out.println("ok");
      }
    }
    System.exit(0);
  }

  /** A program that looks a datastore up all the time. */
  private static final class Program implements ClientListener {
    private final String name;
    private final DatastoredClient client;
    private final AtomicInteger lookups = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicInteger snapshots = new AtomicInteger();
    private final AtomicLong longest = new AtomicLong();

    Program(String name, DatastoredClient client) {
      this.name = name;
      this.client = client;
      client.addListener(this);
    }

    @Override
    public void onFrame(AppliedFrame frame) {
      if (frame.kind() == AppliedFrame.Kind.SNAPSHOT) {
        snapshots.incrementAndGet();
      }
    }

    void look() {
      long begun = System.nanoTime();
      try (Handle handle = client.lookup("main", Operation.READ)) {
        lookups.incrementAndGet();
      } catch (DatastoredException e) {
        failed.incrementAndGet();
        System.err.println(name + ": " + e);
      }
      longest.accumulateAndGet(System.nanoTime() - begun, Math::max);
    }

    void zero() {
      lookups.set(0);
      failed.set(0);
      snapshots.set(0);
      longest.set(0);
    }
  }

  private void start(String name, int count, int ttl, String target, boolean caches) {
    for (int i = 0; i < count; i++) {
      ClientOptions.Builder options =
          ClientOptions.builder(target)
              .holder(name, "1")
              .ttl(Duration.ofSeconds(ttl))
              .threads(threads);
      if (!caches) {
        options.withoutNearCache();
      }
      var program = new Program(name, DatastoredClient.create(options.build()));
      programs.add(program);
      program.client.start();
      if (caches && !program.client.awaitState(ClientState.FRESH, PATIENCE)) {
        throw new IllegalStateException(name + ": " + program.client.trouble());
      }
      var unused = timer.scheduleWithFixedDelay(program::look, 0, 10, TimeUnit.MILLISECONDS);
    }
  }

  private String report(String name) {
    List<Program> of = programs.stream().filter(each -> each.name.equals(name)).toList();
    return "%d %d %d %d %d %d"
        .formatted(
            of.stream().mapToInt(each -> each.lookups.get()).sum(),
            of.stream().mapToInt(each -> each.failed.get()).sum(),
            of.stream().mapToLong(each -> each.longest.get()).max().orElse(0) / 1_000_000,
            of.stream().mapToInt(each -> each.snapshots.get()).sum(),
            of.stream().filter(each -> each.client.state() == ClientState.FRESH).count(),
            of.stream()
                .mapToLong(each -> each.client.applied().map(a -> a.getGeneration()).orElse(0L))
                .min()
                .orElse(0));
  }
}
