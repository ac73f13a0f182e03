package io.datastored.cli;

import io.datastored.v1.DrainRequest;
import io.datastored.v1.DrainResponse;
import io.datastored.v1.MaintenanceServiceGrpc.MaintenanceServiceImplBase;
import io.datastored.v1.SetMaintenanceModeRequest;
import io.datastored.v1.SetMaintenanceModeResponse;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** The maintenance calls of a {@link ScriptedServer}. Thread-safe as that is. */
public final class ScriptedMaintenance extends MaintenanceServiceImplBase {

  public final List<SetMaintenanceModeRequest> sets = new CopyOnWriteArrayList<>();
  public final List<DrainRequest> drains = new CopyOnWriteArrayList<>();

  private volatile Function<SetMaintenanceModeRequest, SetMaintenanceModeResponse> setScript =
      request -> SetMaintenanceModeResponse.getDefaultInstance();
  private volatile BiConsumer<DrainRequest, StreamObserver<DrainResponse>> drainScript =
      (request, stream) -> {};

  public void onSet(Function<SetMaintenanceModeRequest, SetMaintenanceModeResponse> script) {
    setScript = script;
  }

  public void onDrain(BiConsumer<DrainRequest, StreamObserver<DrainResponse>> script) {
    drainScript = script;
  }

  @Override
  public void setMaintenanceMode(
      SetMaintenanceModeRequest request, StreamObserver<SetMaintenanceModeResponse> observer) {
    sets.add(request);
    ScriptedServer.answer(request, setScript, observer);
  }

  @Override
  public void drain(DrainRequest request, StreamObserver<DrainResponse> observer) {
    drains.add(request);
    drainScript.accept(request, observer);
  }
}
