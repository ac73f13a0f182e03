package io.datastored.service.wire;

import io.datastored.access.Role;
import io.datastored.access.Verb;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.Maintenance;
import io.datastored.history.Revision;
import io.datastored.mount.MountState;
import io.datastored.v1.DatastoreView;
import io.datastored.watch.View;

/** Proto datastores convert datastores, maintenance and revisions to the contract. Stateless. */
public final class ProtoDatastores {
  private ProtoDatastores() {}

  /** Whether it is shown who set the mode. */
  enum Setter {
    SHOWN,
    HIDDEN
  }

  /** The datastore with its settings. */
  public static io.datastored.v1.Datastore full(Datastore datastore) {
    return withSettings(frame(datastore, datastore.mountState()), datastore);
  }

  /** Adds the settings of the section, and their place on this host. */
  public static io.datastored.v1.Datastore withSettings(
      io.datastored.v1.Datastore.Builder frame, Datastore datastore) {
    return frame
        .setSettings(ProtoSettings.of(datastore.settings()))
        .setBasePath(datastore.basePath().toString())
        .build();
  }

  /**
   * The datastore as a caller with this role may see it, in a view that was read with {@link
   * #view}: without settings, and without who set the mode, if the role does not include them.
   */
  public static io.datastored.v1.Datastore of(Datastore datastore, View view, Role role) {
    return of(
        datastore,
        role.may(Verb.SETTINGS) ? view : View.BASIC,
        role.may(Verb.INSPECT) ? Setter.SHOWN : Setter.HIDDEN);
  }

  /** The datastore in a view, with or without who set the mode. */
  static io.datastored.v1.Datastore of(Datastore datastore, View view, Setter setter) {
    io.datastored.v1.Datastore all =
        switch (view) {
          case BASIC -> frame(datastore, datastore.mountState()).build();
          case FULL -> full(datastore);
        };
    return switch (setter) {
      case SHOWN -> all;
      case HIDDEN -> withoutSetter(all);
    };
  }

  /** The same without who set the mode. */
  public static io.datastored.v1.Datastore withoutSetter(io.datastored.v1.Datastore datastore) {
    io.datastored.v1.Maintenance maintenance = datastore.getMaintenance();
    return maintenance.getSetBy().isEmpty()
        ? datastore
        : datastore.toBuilder().setMaintenance(maintenance.toBuilder().clearSetBy()).build();
  }

  /** The datastore without its settings, with the mount state that a lookup has just seen. */
  public static io.datastored.v1.Datastore.Builder frame(
      Datastore datastore, MountState mountState) {
    return io.datastored.v1.Datastore.newBuilder()
        .setName(datastore.name().value())
        .setEtag(datastore.etag().value())
        .setGeneration(datastore.generation().value())
        .setMaintenance(maintenance(datastore.maintenance()))
        .setMountState(ProtoWords.MOUNT_STATES.of(mountState));
  }

  public static io.datastored.v1.Maintenance maintenance(Maintenance maintenance) {
    var proto =
        io.datastored.v1.Maintenance.newBuilder().setMode(ProtoWords.MODES.of(maintenance.mode()));
    maintenance.message().ifPresent(proto::setMessage);
    maintenance.since().map(ProtoTimes::timestamp).ifPresent(proto::setSince);
    maintenance.expectedEnd().map(ProtoTimes::timestamp).ifPresent(proto::setExpectedEnd);
    maintenance.setBy().ifPresent(proto::setSetBy);
    maintenance.asWritten().ifPresent(proto::setAsWritten);
    return proto.build();
  }

  public static io.datastored.v1.Revision revision(Revision revision) {
    return io.datastored.v1.Revision.newBuilder()
        .setIncarnation(revision.incarnation().value())
        .setGeneration(revision.generation().value())
        .build();
  }

  /** The view that a request asks for; {@code byDefault} if it is unspecified. */
  public static View view(DatastoreView view, View byDefault, String path, RequestFaults faults) {
    return ProtoWords.VIEWS.read(path, view, faults).orElse(byDefault);
  }
}
