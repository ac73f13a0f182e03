package io.datastored.service.wire;

import com.google.common.collect.ImmutableBiMap;
import com.google.common.collect.Maps;
import io.datastored.config.Backend.BackendKind;
import io.datastored.config.DatastoreSettings.NotificationMode;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.Notify.NotifyWhen;
import io.datastored.config.Tuning.ChunkOrder;
import io.datastored.config.Tuning.SyncLevel;
import io.datastored.engine.health.EditDetection;
import io.datastored.engine.health.TroubleCause;
import io.datastored.mount.MountState;
import io.datastored.operation.Operation;
import io.datastored.v1.DatastoreView;
import io.datastored.v1.Maintenance;
import io.datastored.watch.SnapshotReason;
import io.datastored.watch.View;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * Proto words pair the constants of an enum of the domain with those of the contract, by their
 * names: the contract writes the same word after a prefix, as its lint rules demand. Immutable. A
 * constant of the domain without counterpart fails as soon as this class loads. A value that this
 * server does not know is a fault and never guessed; UNSPECIFIED means absent.
 *
 * @param <D> the enum of the domain
 * @param <C> the enum of the contract
 */
public final class ProtoWords<D extends Enum<D>, C extends Enum<C>> {
  public static final ProtoWords<MaintenanceMode, io.datastored.v1.MaintenanceMode> MODES =
      new ProtoWords<>(MaintenanceMode.class, io.datastored.v1.MaintenanceMode.class);
  public static final ProtoWords<Operation, io.datastored.v1.Operation> OPERATIONS =
      new ProtoWords<>(Operation.class, io.datastored.v1.Operation.class);
  public static final ProtoWords<View, DatastoreView> VIEWS =
      new ProtoWords<>(View.class, DatastoreView.class);
  public static final ProtoWords<EditDetection.Way, io.datastored.v1.EditDetection> EDIT_DETECTION =
      new ProtoWords<>(EditDetection.Way.class, io.datastored.v1.EditDetection.class);
  static final ProtoWords<MountState, io.datastored.v1.MountState> MOUNT_STATES =
      new ProtoWords<>(MountState.class, io.datastored.v1.MountState.class);
  static final ProtoWords<SnapshotReason, io.datastored.v1.SnapshotReason> SNAPSHOT_REASONS =
      new ProtoWords<>(SnapshotReason.class, io.datastored.v1.SnapshotReason.class);
  static final ProtoWords<TroubleCause, io.datastored.v1.TroubleCause> TROUBLE_CAUSES =
      new ProtoWords<>(TroubleCause.class, io.datastored.v1.TroubleCause.class);
  static final ProtoWords<NotifyWhen, io.datastored.v1.NotifyWhen> NOTIFY =
      new ProtoWords<>(NotifyWhen.class, io.datastored.v1.NotifyWhen.class);
  static final ProtoWords<NotificationMode, io.datastored.v1.NotificationMode> NOTIFICATION_MODES =
      new ProtoWords<>(NotificationMode.class, io.datastored.v1.NotificationMode.class);
  static final ProtoWords<ChunkOrder, io.datastored.v1.ChunkOrder> CHUNK_ORDERS =
      new ProtoWords<>(ChunkOrder.class, io.datastored.v1.ChunkOrder.class);
  static final ProtoWords<SyncLevel, io.datastored.v1.SyncLevel> SYNC_LEVELS =
      new ProtoWords<>(SyncLevel.class, io.datastored.v1.SyncLevel.class);
  static final ProtoWords<BackendKind, io.datastored.v1.BackendKind> BACKEND_KINDS =
      new ProtoWords<>(BackendKind.class, io.datastored.v1.BackendKind.class);

  private final ImmutableBiMap<D, C> pairs;

  private ProtoWords(Class<D> domain, Class<C> contract) {
    String prefix = prefix(contract);
    this.pairs =
        ImmutableBiMap.copyOf(
            Maps.toMap(
                EnumSet.allOf(domain), word -> Enum.valueOf(contract, prefix + word.name())));
  }

  /** What all constants of an enum of the contract begin with; the first one is UNSPECIFIED. */
  private static String prefix(Class<?> contract) {
    return contract.getEnumConstants()[0].toString().replaceFirst("UNSPECIFIED$", "");
  }

  public C of(D word) {
    return Objects.requireNonNull(pairs.get(word));
  }

  /** The word of a request, which may omit it. */
  public Optional<D> read(String path, C word, RequestFaults faults) {
    Optional<D> known = Optional.ofNullable(pairs.inverse().get(word));
    if (known.isEmpty() && word.ordinal() != 0) {
      faults.add(path, "has a value that this server does not know");
    }
    return known;
  }

  /** The word of a request, which must have it. */
  public Optional<D> require(String path, C word, RequestFaults faults) {
    if (word.ordinal() == 0) {
      faults.add(path, "is required");
    }
    return read(path, word, faults);
  }

  /**
   * The maintenance mode without its message. A mode of a later version counts as offline, as the
   * contract requires; one that the server cannot parse closes the datastore.
   */
  public static String mode(Maintenance maintenance) {
    return maintenance.getAsWritten().isEmpty()
        ? word(maintenance.getMode()).orElse("offline (a mode unknown here)")
        : "unreadable '%s'".formatted(maintenance.getAsWritten());
  }

  /**
   * A constant of the contract as people write it, such as {@code read-only}; empty if it is
   * unspecified or of a later version.
   */
  public static Optional<String> word(Enum<?> constant) {
    String prefix = prefix(constant.getDeclaringClass());
    return Optional.of(constant.name())
        .filter(name -> constant.ordinal() != 0 && name.startsWith(prefix))
        .map(name -> name.substring(prefix.length()).toLowerCase(Locale.ROOT).replace('_', '-'));
  }
}
