import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.DrainRequest;
import io.datastored.v1.Holder;
import io.datastored.v1.KeepAliveRequest;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.MaintenanceServiceGrpc;
import io.datastored.v1.OpenSessionRequest;
import io.datastored.v1.OpenSessionResponse;
import io.datastored.v1.Operation;
import io.datastored.v1.ReleaseRequest;
import io.datastored.v1.Revision;
import io.datastored.v1.SessionServiceGrpc;
import io.datastored.v1.SetMaintenanceModeRequest;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Clients that give an operator something to look at, for .ci/alerts: with datastored.jar on the class path, {@code java
 * BadClients.java TARGET}. A line on its input begins or ends something, and is answered by a line:
 *
 * <ul>
 *   <li>{@code sessions N}: opens sessions that are kept alive
 *   <li>{@code behind}: keeps a session that caches alive, and never applies a change
 *   <li>{@code mode NAME MODE [SECONDS]}: sets a maintenance mode that is expected to end in so many seconds
 *   <li>{@code lease NAME}: holds a WRITE lease
 *   <li>{@code drain NAME}: drains
 *   <li>{@code ask OPERATION NAME}: asks for leases, again and again
 *   <li>{@code set NAME COUNT}: so many calls at once, again and again, try to set a mode
 *   <li>{@code end WORD}: ends what such a line began
 * </ul>
 */
public final class BadClients {
  private final ManagedChannel channel;
  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(12);
  private final Map<String, List<Runnable>> ends = new HashMap<>();

  private BadClients(ManagedChannel channel) {
    this.channel = channel;
  }

  public static void main(String[] args) throws Exception {
    var clients =
        new BadClients(
            Grpc.newChannelBuilder(args[0], InsecureChannelCredentials.create())
                .intercept(new Waits())
                .build());
    var lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] words = line.split(" ");
      try {
        clients.run(words);
        System.out.println("ok");
      } catch (StatusRuntimeException e) {
        System.out.println(e.getStatus());
      }
    }
    System.exit(0);
  }

  private void run(String[] words) {
    switch (words[0]) {
      case "sessions" -> sessions(Integer.parseInt(words[1]));
      case "behind" -> behind();
      case "mode" -> mode(words[1], words[2], words.length > 3 ? Long.parseLong(words[3]) : 0);
      case "lease" -> lease(words[1]);
      case "drain" -> drain(words[1]);
      case "ask" -> repeat("ask", () -> ask(words[1], words[2]));
      case "set" -> repeat("set", () -> set(words[1], Integer.parseInt(words[2])));
      case "end" -> ends.remove(words[1]).forEach(Runnable::run);
      default -> throw new IllegalArgumentException(words[0]);
    }
  }

  /** The server may be started again at the moment. */
  private static final class Waits implements ClientInterceptor {
    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(
        MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
      return next.newCall(method, options.withWaitForReady());
    }
  }

  private void begun(String word, Runnable end) {
    ends.computeIfAbsent(word, any -> new ArrayList<>()).add(end);
  }

  private ScheduledFuture<?> repeat(String word, Runnable task) {
    ScheduledFuture<?> repeated =
        timer.scheduleAtFixedRate(
            () -> {
              try {
                task.run();
              } catch (StatusRuntimeException e) {
                // What is wanted here.
              }
            },
            0,
            200,
            TimeUnit.MILLISECONDS);
    begun(word, () -> repeated.cancel(false));
    return repeated;
  }

  private SessionServiceGrpc.SessionServiceBlockingStub sessions() {
    return SessionServiceGrpc.newBlockingStub(channel).withDeadlineAfter(5, TimeUnit.SECONDS);
  }

  private OpenSessionResponse open(String word, boolean caches) {
    OpenSessionResponse session =
        sessions()
            .openSession(
                OpenSessionRequest.newBuilder()
                    .setHolder(Holder.newBuilder().setClient("bad-client"))
                    .setCaches(caches)
                    .build());
    begun(
        word,
        () ->
            sessions()
                .closeSession(
                    io.datastored.v1.CloseSessionRequest.newBuilder()
                        .setSessionId(session.getSessionId())
                        .build()));
    return session;
  }

  private void sessions(int count) {
    for (int i = 0; i < count; i++) {
      OpenSessionResponse session = open("sessions", false);
      keep("sessions", KeepAliveRequest.newBuilder().setSessionId(session.getSessionId()));
    }
  }

  private void behind() {
    OpenSessionResponse session = open("behind", true);
    Revision opened = session.getRevision();
    keep(
        "behind",
        KeepAliveRequest.newBuilder().setSessionId(session.getSessionId()).setApplied(opened));
  }

  private void keep(String word, KeepAliveRequest.Builder request) {
    repeat(word, () -> sessions().keepAlive(request.build()));
  }

  private void mode(String name, String mode, long seconds) {
    var request =
        SetMaintenanceModeRequest.newBuilder()
            .setDatastore(name)
            .setMode(MaintenanceMode.valueOf("MAINTENANCE_MODE_" + mode));
    if (seconds > 0) {
      long end = System.currentTimeMillis() / 1000 + seconds;
      request.setExpectedEnd(com.google.protobuf.Timestamp.newBuilder().setSeconds(end));
    }
    var unused = MaintenanceServiceGrpc.newBlockingStub(channel).setMaintenanceMode(request.build());
  }

  private void lease(String name) {
    var datastores = DatastoreServiceGrpc.newBlockingStub(channel);
    String id =
        datastores
            .lookup(
                LookupRequest.newBuilder()
                    .setDatastore(name)
                    .setOperation(Operation.OPERATION_WRITE)
                    .build())
            .getLease()
            .getLeaseId();
    begun(
        "lease", () -> datastores.release(ReleaseRequest.newBuilder().setLeaseId(id).build()));
  }

  private void drain(String name) {
    io.grpc.Context.CancellableContext call = io.grpc.Context.current().withCancellation();
    begun("drain", () -> call.cancel(null));
    call.run(
        () ->
            MaintenanceServiceGrpc.newBlockingStub(channel)
                .drain(DrainRequest.newBuilder().setDatastore(name).build())
                .next());
  }

  private void ask(String operation, String name) {
    var unused =
        DatastoreServiceGrpc.newBlockingStub(channel)
            .withDeadlineAfter(2, TimeUnit.SECONDS)
            .lookup(
                LookupRequest.newBuilder()
                    .setDatastore(name)
                    .setOperation(Operation.valueOf("OPERATION_" + operation))
                    .build());
  }

  private void set(String name, int count) {
    var calls =
        MaintenanceServiceGrpc.newFutureStub(channel).withDeadlineAfter(5, TimeUnit.SECONDS);
    for (int i = 0; i < count; i++) {
      var unused =
          calls.setMaintenanceMode(
              SetMaintenanceModeRequest.newBuilder()
                  .setDatastore(name)
                  .setMode(MaintenanceMode.MAINTENANCE_MODE_READ_ONLY)
                  .setMessage("number " + System.nanoTime())
                  .build());
    }
  }
}
