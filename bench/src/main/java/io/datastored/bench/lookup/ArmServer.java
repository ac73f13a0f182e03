package io.datastored.bench.lookup;

import io.datastored.bench.lookup.LookupArm.Begun;
import io.datastored.config.DatastoreName;
import io.datastored.operation.Operation;
import io.datastored.v1.Datastore;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.DatastoreStatus;
import io.datastored.v1.Lease;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.LookupResponse;
import io.datastored.v1.ReleaseRequest;
import io.datastored.v1.ReleaseResponse;
import io.datastored.v1.Space;
import io.datastored.v1.StatusRequest;
import io.datastored.v1.StatusResponse;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.Status;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

/**
 * An arm server is the original behind gRPC, with 16 threads: its lookup and release, and its
 * status, which is a READ lookup, a query of the file system's space, and a release. Thread-safe.
 */
public final class ArmServer extends DatastoreServiceGrpc.DatastoreServiceImplBase {

  private static final int THREADS = 16;

  private final LookupArm arm;
  private final LookupSite site;
  private final Map<String, Begun> leases = new ConcurrentHashMap<>();

  private ArmServer(LookupArm arm, LookupSite site) {
    this.arm = arm;
    this.site = site;
  }

  /**
   * @param args the arm, the port, the number of datastores, the parent directory of the site, and
   *     the directory of the removable datastore or a minus for none; then, for TLS, the files of a
   *     certificate and its key
   */
  public static void main(String[] args) throws Exception {
    ArmKind kind = ArmKind.fromWord(args[0]).orElseThrow();
    Path parent = Path.of(args[3]);
    int datastores = Integer.parseInt(args[2]);
    LookupSite site =
        args[4].equals("-")
            ? LookupSite.create(parent, datastores)
            : LookupSite.createWithOneRemovable(parent, datastores, Path.of(args[4]));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(site)));
    ServerCredentials credentials =
        args.length > 6
            ? TlsServerCredentials.create(new File(args[5]), new File(args[6]))
            : InsecureServerCredentials.create();
    Server server =
        NettyServerBuilder.forAddress(
                new InetSocketAddress("127.0.0.1", Integer.parseInt(args[1])), credentials)
            .executor(Executors.newFixedThreadPool(THREADS))
            .addService(new ArmServer(kind.open(site), site))
            .build()
            .start();
    System.out.println("ready");
    server.awaitTermination();
  }

  private static void remove(LookupSite site) {
    try {
      site.close();
    } catch (IOException e) {
      System.err.println(e);
    }
  }

  private static Operation operation(LookupRequest request) {
    return switch (request.getOperation()) {
      case OPERATION_WRITE -> Operation.WRITE;
      default -> Operation.READ;
    };
  }

  @Override
  public void lookup(LookupRequest request, StreamObserver<LookupResponse> answer) {
    try {
      leases.put(
          request.getLeaseId(),
          arm.begin(DatastoreName.of(request.getDatastore()), operation(request)));
      answer.onNext(
          LookupResponse.newBuilder()
              .setLease(Lease.newBuilder().setLeaseId(request.getLeaseId()))
              .setDatastore(Datastore.newBuilder().setName(request.getDatastore()))
              .build());
      answer.onCompleted();
    } catch (IOException e) {
      answer.onError(Status.INTERNAL.withCause(e).asException());
    }
  }

  @Override
  public void release(ReleaseRequest request, StreamObserver<ReleaseResponse> answer) {
    try {
      Begun begun = leases.remove(request.getLeaseId());
      if (begun != null) {
        begun.close();
      }
      answer.onNext(ReleaseResponse.newBuilder().setReleased(begun != null).build());
      answer.onCompleted();
    } catch (IOException e) {
      answer.onError(Status.INTERNAL.withCause(e).asException());
    }
  }

  @Override
  @SuppressWarnings("try") // In progress, not used.
  public void status(StatusRequest request, StreamObserver<StatusResponse> answer) {
    DatastoreName name = DatastoreName.of(request.getDatastore());
    try (Begun unused = arm.begin(name, Operation.READ)) {
      FileStore store = Files.getFileStore(site.base(name));
      answer.onNext(
          StatusResponse.newBuilder()
              .addDatastores(
                  DatastoreStatus.newBuilder()
                      .setDatastore(Datastore.newBuilder().setName(name.value()))
                      .setSpace(
                          Space.newBuilder()
                              .setTotalBytes(store.getTotalSpace())
                              .setAvailableBytes(store.getUsableSpace())))
              .build());
      answer.onCompleted();
    } catch (IOException e) {
      answer.onError(Status.INTERNAL.withCause(e).asException());
    }
  }
}
