package io.datastored.service.call;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.CodedOutputStream;
import io.datastored.access.Rights;
import io.datastored.access.Verb;
import io.datastored.config.DatastoreName;
import io.datastored.engine.LiveProcesses;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.probe.Probes;
import io.datastored.probe.Target;
import io.datastored.service.wire.Caller;
import io.datastored.service.wire.PageToken;
import io.datastored.service.wire.PageToken.Listing;
import io.datastored.service.wire.ProtoDatastores;
import io.datastored.service.wire.Refusals;
import io.datastored.service.wire.RequestFaults;
import io.datastored.v1.DatastoreStatus;
import io.datastored.v1.ServerStatus;
import io.datastored.v1.StatusRequest;
import io.datastored.v1.StatusResponse;
import io.datastored.watch.View;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The call Status, which reports the server and its datastores from memory. Thread-safe: immutable.
 * It counts no operation, and its thread never asks a file system: it starts the probes whose
 * values are old and returns the last known values with their age. It waits once, briefly, and only
 * for datastores that have never been measured.
 */
public final class StatusCall {
  private final Supplier<Snapshot> newest;
  private final Supplier<LiveProcesses> census;
  private final DatastoreStatuses statuses;
  private final ServerStatuses server;
  private final Probes probes;
  private final Duration firstWait;
  private final Refusals refusals;

  public StatusCall(
      Supplier<Snapshot> newest,
      Supplier<LiveProcesses> census,
      DatastoreStatuses statuses,
      ServerStatuses server,
      Probes probes,
      ServiceOptions options,
      Refusals refusals) {
    this.newest = newest;
    this.census = census;
    this.statuses = statuses;
    this.server = server;
    this.probes = probes;
    this.firstWait = options.firstStatusWait();
    this.refusals = refusals;
  }

  StatusResponse answer(StatusRequest request, Caller caller) {
    var faults = new RequestFaults();
    Optional<DatastoreName> only =
        request.getDatastore().isEmpty()
            ? Optional.empty()
            : faults.datastoreName("datastore", request.getDatastore());
    int size = faults.pageSize("page_size", request.getPageSize());
    Optional<PageToken> token =
        faults.pageToken("page_token", Listing.STATUS, request.getPageToken());
    View view = ProtoDatastores.view(request.getView(), View.BASIC, "view", faults);
    if (only.isPresent() && token.isPresent()) {
      faults.add("page_token", "is not for the status of one datastore");
    }
    faults.throwIfAny(refusals);
    only.ifPresentOrElse(
        name -> caller.require(Verb.SEE, name, refusals), () -> caller.requireAny(refusals));

    Rights rights = caller.rights();
    Snapshot snapshot = newest.get();
    var response =
        StatusResponse.newBuilder()
            .setRevision(ProtoDatastores.revision(snapshot.revision()))
            .setFiltered(!rights.allowEverywhere(Verb.SEE));
    int serverBytes = 0;
    if (token.isEmpty()) {
      ServerStatus status = server.of(snapshot, caller);
      response.setServer(status);
      serverBytes =
          CodedOutputStream.computeMessageSize(StatusResponse.SERVER_FIELD_NUMBER, status);
    }
    List<DatastoreName> names = names(snapshot, only, token, rights);
    if (only.isEmpty() && token.isEmpty()) {
      probes.retain(
          snapshot.byName().stream().map(Datastore::basePath).collect(Collectors.toSet()));
    }
    measure(snapshot, names.subList(0, Math.min(size, names.size())));
    var page = new Page<DatastoreStatus>(StatusResponse.DATASTORES_FIELD_NUMBER, size, serverBytes);
    LiveProcesses alive = census.get();
    int taken = 0;
    while (taken < names.size()
        && page.add(
            statuses.of(names.get(taken), snapshot, alive, view, rights.role(names.get(taken))))) {
      taken++;
    }
    if (taken < names.size()) {
      response.setNextPageToken(
          new PageToken(Listing.STATUS, names.get(taken - 1).value()).encode());
    }
    return response.addAllDatastores(page.entries()).build();
  }

  /** The rest of the listing from here; includes names whose section was never readable. */
  private List<DatastoreName> names(
      Snapshot snapshot, Optional<DatastoreName> only, Optional<PageToken> token, Rights rights) {
    if (only.isPresent()) {
      DatastoreName name = only.get();
      if (snapshot.find(name).isEmpty() && snapshot.fault(name).isEmpty()) {
        throw refusals.notFound(name);
      }
      return ImmutableList.of(name);
    }
    return ByName.seenBy(rights, ByName.after(token, ByName.all(snapshot)));
  }

  private void measure(Snapshot snapshot, List<DatastoreName> names) {
    List<Target> targets =
        names.stream().flatMap(name -> snapshot.find(name).stream()).map(Target::of).toList();
    probes.refresh(targets);
    try {
      probes.awaitFirst(targets, firstWait);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the server is stopping: answer with what is known
    }
  }
}
