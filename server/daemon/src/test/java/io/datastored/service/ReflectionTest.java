package io.datastored.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.DynamicMessage;
import io.datastored.daemon.GrpcCleanup;
import io.datastored.daemon.InProcessDaemon;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A client that knows nothing but reflection. */
final class ReflectionTest {
  private static final List<String> SERVICES =
      List.of(
          "datastored.v1.AccessService",
          "datastored.v1.DatastoreConfigService",
          "datastored.v1.DatastoreService",
          "datastored.v1.MaintenanceService",
          "datastored.v1.SessionService");

  @RegisterExtension final GrpcCleanup cleanup = new GrpcCleanup();
  @TempDir Path directory;

  private InProcessDaemon daemon;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws Exception {
    daemon = InProcessDaemon.start(cleanup, directory, "datastore: main\n\tpath /srv/main\n");
    channel = daemon.channel();
  }

  @AfterEach
  void stop() {
    daemon.close();
  }

  @Test
  void listServices_hasThoseOfTheContractAndWhatUsersExpect() {
    List<String> names =
        ask(ServerReflectionRequest.newBuilder().setListServices("*").build())
            .getListServicesResponse()
            .getServiceList()
            .stream()
            .map(ServiceResponse::getName)
            .toList();

    assertThat(names).containsAll(SERVICES);
    assertThat(names)
        .contains(
            "grpc.health.v1.Health",
            "grpc.reflection.v1.ServerReflection",
            "grpc.reflection.v1alpha.ServerReflection",
            "grpc.channelz.v1.Channelz");
  }

  @Test
  void everyCall_madeWithDynamicMessages_isAnsweredOrRefusedAsTheContractSays() throws Exception {
    List<String> called = new ArrayList<>();
    for (String name : SERVICES) {
      for (MethodDescriptor method : service(name).getMethods()) {
        Code code = call(method);
        called.add(method.getName());
        assertThat(code).as(method.getFullName()).isIn(Code.OK, Code.INVALID_ARGUMENT);
      }
    }
    assertThat(called).hasSize(18).contains("Lookup", "Release", "Status", "WatchGeneration");
  }

  @Test
  void lookup_withDynamicMessages_hasItsAnswer() throws Exception {
    MethodDescriptor lookup = service("datastored.v1.DatastoreService").findMethodByName("Lookup");
    Descriptor request = lookup.getInputType();

    DynamicMessage answer =
        ClientCalls.blockingUnaryCall(
            channel,
            grpcMethod(lookup),
            CallOptions.DEFAULT,
            DynamicMessage.newBuilder(request)
                .setField(request.findFieldByName("datastore"), "main")
                .setField(
                    request.findFieldByName("operation"),
                    request.findFieldByName("operation").getEnumType().findValueByNumber(2))
                .build());

    assertThat(answer.toString()).contains("fencing_token", "/srv/main");
  }

  @Test
  void refusalDetails_areKnownToReflection() throws Exception {
    for (String detail :
        List.of("ErrorInfo", "BadRequest", "RetryInfo", "QuotaFailure", "PreconditionFailure")) {
      assertThat(file("google.rpc." + detail).findMessageTypeByName(detail)).isNotNull();
    }
  }

  private Code call(MethodDescriptor method) {
    var request = DynamicMessage.getDefaultInstance(method.getInputType());
    try {
      var call =
          channel.newCall(
              grpcMethod(method), CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS));
      if (method.isServerStreaming()) {
        // A watch has no end of its own: its first frame is the answer.
        ClientCalls.blockingServerStreamingCall(call, request).next();
        call.cancel("seen enough", null);
      } else {
        ClientCalls.blockingUnaryCall(channel, grpcMethod(method), CallOptions.DEFAULT, request);
      }
      return Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }

  private static io.grpc.MethodDescriptor<DynamicMessage, DynamicMessage> grpcMethod(
      MethodDescriptor method) {
    return io.grpc.MethodDescriptor.<DynamicMessage, DynamicMessage>newBuilder()
        .setType(
            method.isServerStreaming()
                ? io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING
                : io.grpc.MethodDescriptor.MethodType.UNARY)
        .setFullMethodName(
            io.grpc.MethodDescriptor.generateFullMethodName(
                method.getService().getFullName(), method.getName()))
        .setRequestMarshaller(
            ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(method.getInputType())))
        .setResponseMarshaller(
            ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(method.getOutputType())))
        .build();
  }

  private ServiceDescriptor service(String fullName) throws Exception {
    return file(fullName).findServiceByName(fullName.substring(fullName.lastIndexOf('.') + 1));
  }

  /** The file with a symbol, built of nothing but what reflection answers. */
  private FileDescriptor file(String symbol) throws Exception {
    ServerReflectionResponse answer =
        ask(ServerReflectionRequest.newBuilder().setFileContainingSymbol(symbol).build());
    assertThat(answer.hasErrorResponse()).as(symbol).isFalse();
    FileDescriptorProto file =
        FileDescriptorProto.parseFrom(answer.getFileDescriptorResponse().getFileDescriptorProto(0));
    return build(file, new HashMap<>());
  }

  private FileDescriptor build(FileDescriptorProto file, Map<String, FileDescriptor> built)
      throws Exception {
    List<FileDescriptor> dependencies = new ArrayList<>();
    for (String name : file.getDependencyList()) {
      FileDescriptor dependency = built.get(name);
      if (dependency == null) {
        ServerReflectionResponse answer =
            ask(ServerReflectionRequest.newBuilder().setFileByFilename(name).build());
        dependency =
            build(
                FileDescriptorProto.parseFrom(
                    answer.getFileDescriptorResponse().getFileDescriptorProto(0)),
                built);
        built.put(name, dependency);
      }
      dependencies.add(dependency);
    }
    return FileDescriptor.buildFrom(file, dependencies.toArray(FileDescriptor[]::new));
  }

  private ServerReflectionResponse ask(ServerReflectionRequest question) {
    var answer = new CompletableFuture<ServerReflectionResponse>();
    StreamObserver<ServerReflectionRequest> questions =
        ServerReflectionGrpc.newStub(channel)
            .serverReflectionInfo(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ServerReflectionResponse response) {
                    answer.complete(response);
                  }

                  @Override
                  public void onError(Throwable thrown) {
                    answer.completeExceptionally(thrown);
                  }

                  @Override
                  public void onCompleted() {}
                });
    questions.onNext(question);
    questions.onCompleted();
    return answer.orTimeout(60, TimeUnit.SECONDS).join();
  }
}
