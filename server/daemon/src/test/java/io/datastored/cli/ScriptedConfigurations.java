package io.datastored.cli;

import io.datastored.v1.CreateDatastoreRequest;
import io.datastored.v1.CreateDatastoreResponse;
import io.datastored.v1.Datastore;
import io.datastored.v1.DatastoreConfigServiceGrpc.DatastoreConfigServiceImplBase;
import io.datastored.v1.DeleteDatastoreRequest;
import io.datastored.v1.DeleteDatastoreResponse;
import io.datastored.v1.GetDatastoreRequest;
import io.datastored.v1.GetDatastoreResponse;
import io.datastored.v1.ListDatastoresRequest;
import io.datastored.v1.ListDatastoresResponse;
import io.datastored.v1.Revision;
import io.datastored.v1.UpdateDatastoreRequest;
import io.datastored.v1.UpdateDatastoreResponse;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** The configuration calls of a {@link ScriptedServer}. Thread-safe as that is. */
public final class ScriptedConfigurations extends DatastoreConfigServiceImplBase {

  public static final Revision REVISION =
      Revision.newBuilder().setIncarnation("00c0ffee00c0ffee").setGeneration(7).build();

  public final List<CreateDatastoreRequest> creates = new CopyOnWriteArrayList<>();
  public final List<UpdateDatastoreRequest> updates = new CopyOnWriteArrayList<>();
  public final List<DeleteDatastoreRequest> deletes = new CopyOnWriteArrayList<>();

  private volatile Function<GetDatastoreRequest, Datastore> getScript =
      request -> Datastore.newBuilder().setName(request.getName()).build();
  private volatile Function<UpdateDatastoreRequest, Datastore> updateScript =
      UpdateDatastoreRequest::getDatastore;
  private volatile Function<ListDatastoresRequest, ListDatastoresResponse> listScript =
      request -> ListDatastoresResponse.getDefaultInstance();
  private volatile Function<DeleteDatastoreRequest, DeleteDatastoreResponse> deleteScript =
      request -> DeleteDatastoreResponse.newBuilder().setRevision(REVISION).build();

  public void onUpdate(Function<UpdateDatastoreRequest, Datastore> script) {
    updateScript = script;
  }

  public void onGet(Function<GetDatastoreRequest, Datastore> script) {
    getScript = script;
  }

  public void onList(Function<ListDatastoresRequest, ListDatastoresResponse> script) {
    listScript = script;
  }

  public void onDelete(Function<DeleteDatastoreRequest, DeleteDatastoreResponse> script) {
    deleteScript = script;
  }

  @Override
  public void getDatastore(
      GetDatastoreRequest request, StreamObserver<GetDatastoreResponse> observer) {
    ScriptedServer.answer(
        request,
        asked ->
            GetDatastoreResponse.newBuilder()
                .setDatastore(getScript.apply(asked))
                .setRevision(REVISION)
                .build(),
        observer);
  }

  @Override
  public void listDatastores(
      ListDatastoresRequest request, StreamObserver<ListDatastoresResponse> observer) {
    ScriptedServer.answer(request, listScript, observer);
  }

  @Override
  public void createDatastore(
      CreateDatastoreRequest request, StreamObserver<CreateDatastoreResponse> observer) {
    creates.add(request);
    observer.onNext(
        CreateDatastoreResponse.newBuilder()
            .setDatastore(request.getDatastore())
            .setRevision(REVISION)
            .build());
    observer.onCompleted();
  }

  @Override
  public void updateDatastore(
      UpdateDatastoreRequest request, StreamObserver<UpdateDatastoreResponse> observer) {
    updates.add(request);
    ScriptedServer.answer(
        request,
        asked ->
            UpdateDatastoreResponse.newBuilder()
                .setDatastore(updateScript.apply(asked))
                .setRevision(REVISION)
                .build(),
        observer);
  }

  @Override
  public void deleteDatastore(
      DeleteDatastoreRequest request, StreamObserver<DeleteDatastoreResponse> observer) {
    deletes.add(request);
    ScriptedServer.answer(request, deleteScript, observer);
  }
}
