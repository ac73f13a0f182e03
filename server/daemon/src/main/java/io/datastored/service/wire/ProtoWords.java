package io.datastored.service.wire;

import io.datastored.config.Backend.BackendKind;
import io.datastored.config.DatastoreSettings.NotificationMode;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.Notify.NotifyWhen;
import io.datastored.config.Tuning.ChunkOrder;
import io.datastored.config.Tuning.SyncLevel;
import io.datastored.engine.health.EditDetection;
import io.datastored.mount.MountState;
import java.util.Optional;

/**
 * Proto words convert the enums of the contract to those of the domain and back. Confined to the
 * thread that reads a request. Every switch names every value, so a new one does not compile until
 * it has a counterpart. A value that this server does not know is a fault and never guessed;
 * UNSPECIFIED means absent.
 */
public final class ProtoWords {
  private final RequestFaults faults;

  public ProtoWords(RequestFaults faults) {
    this.faults = faults;
  }

  public static io.datastored.v1.MaintenanceMode of(MaintenanceMode mode) {
    return switch (mode) {
      case NONE -> io.datastored.v1.MaintenanceMode.MAINTENANCE_MODE_NONE;
      case READ_ONLY -> io.datastored.v1.MaintenanceMode.MAINTENANCE_MODE_READ_ONLY;
      case OFFLINE -> io.datastored.v1.MaintenanceMode.MAINTENANCE_MODE_OFFLINE;
      case DELETE -> io.datastored.v1.MaintenanceMode.MAINTENANCE_MODE_DELETE;
      case UNMOUNT -> io.datastored.v1.MaintenanceMode.MAINTENANCE_MODE_UNMOUNT;
      case S3_REFRESH -> io.datastored.v1.MaintenanceMode.MAINTENANCE_MODE_S3_REFRESH;
    };
  }

  /** The mode is required: UNSPECIFIED is a fault too. */
  public Optional<MaintenanceMode> read(String path, io.datastored.v1.MaintenanceMode mode) {
    return switch (mode) {
      case MAINTENANCE_MODE_NONE -> Optional.of(MaintenanceMode.NONE);
      case MAINTENANCE_MODE_READ_ONLY -> Optional.of(MaintenanceMode.READ_ONLY);
      case MAINTENANCE_MODE_OFFLINE -> Optional.of(MaintenanceMode.OFFLINE);
      case MAINTENANCE_MODE_DELETE -> Optional.of(MaintenanceMode.DELETE);
      case MAINTENANCE_MODE_UNMOUNT -> Optional.of(MaintenanceMode.UNMOUNT);
      case MAINTENANCE_MODE_S3_REFRESH -> Optional.of(MaintenanceMode.S3_REFRESH);
      case MAINTENANCE_MODE_UNSPECIFIED -> {
        faults.add(path, "is required");
        yield Optional.empty();
      }
      case UNRECOGNIZED -> unknown(path);
    };
  }

  public static io.datastored.v1.EditDetection of(EditDetection.Way way) {
    return switch (way) {
      case WATCH -> io.datastored.v1.EditDetection.EDIT_DETECTION_WATCH;
      case PERIODIC -> io.datastored.v1.EditDetection.EDIT_DETECTION_PERIODIC;
    };
  }

  public static io.datastored.v1.MountState of(MountState state) {
    return switch (state) {
      case NOT_REMOVABLE -> io.datastored.v1.MountState.MOUNT_STATE_NOT_REMOVABLE;
      case MOUNTED -> io.datastored.v1.MountState.MOUNT_STATE_MOUNTED;
      case NOT_MOUNTED -> io.datastored.v1.MountState.MOUNT_STATE_NOT_MOUNTED;
    };
  }

  public static io.datastored.v1.NotifyWhen of(NotifyWhen when) {
    return switch (when) {
      case ALWAYS -> io.datastored.v1.NotifyWhen.NOTIFY_WHEN_ALWAYS;
      case ERROR -> io.datastored.v1.NotifyWhen.NOTIFY_WHEN_ERROR;
      case NEVER -> io.datastored.v1.NotifyWhen.NOTIFY_WHEN_NEVER;
    };
  }

  public Optional<NotifyWhen> read(String path, io.datastored.v1.NotifyWhen when) {
    return switch (when) {
      case NOTIFY_WHEN_ALWAYS -> Optional.of(NotifyWhen.ALWAYS);
      case NOTIFY_WHEN_ERROR -> Optional.of(NotifyWhen.ERROR);
      case NOTIFY_WHEN_NEVER -> Optional.of(NotifyWhen.NEVER);
      case NOTIFY_WHEN_UNSPECIFIED -> Optional.empty();
      case UNRECOGNIZED -> unknown(path);
    };
  }

  public static io.datastored.v1.NotificationMode of(NotificationMode mode) {
    return switch (mode) {
      case LEGACY_SENDMAIL -> io.datastored.v1.NotificationMode.NOTIFICATION_MODE_LEGACY_SENDMAIL;
      case NOTIFICATION_SYSTEM ->
          io.datastored.v1.NotificationMode.NOTIFICATION_MODE_NOTIFICATION_SYSTEM;
    };
  }

  public Optional<NotificationMode> read(String path, io.datastored.v1.NotificationMode mode) {
    return switch (mode) {
      case NOTIFICATION_MODE_LEGACY_SENDMAIL -> Optional.of(NotificationMode.LEGACY_SENDMAIL);
      case NOTIFICATION_MODE_NOTIFICATION_SYSTEM ->
          Optional.of(NotificationMode.NOTIFICATION_SYSTEM);
      case NOTIFICATION_MODE_UNSPECIFIED -> Optional.empty();
      case UNRECOGNIZED -> unknown(path);
    };
  }

  public static io.datastored.v1.ChunkOrder of(ChunkOrder order) {
    return switch (order) {
      case INODE -> io.datastored.v1.ChunkOrder.CHUNK_ORDER_INODE;
      case NONE -> io.datastored.v1.ChunkOrder.CHUNK_ORDER_NONE;
    };
  }

  public Optional<ChunkOrder> read(String path, io.datastored.v1.ChunkOrder order) {
    return switch (order) {
      case CHUNK_ORDER_INODE -> Optional.of(ChunkOrder.INODE);
      case CHUNK_ORDER_NONE -> Optional.of(ChunkOrder.NONE);
      case CHUNK_ORDER_UNSPECIFIED -> Optional.empty();
      case UNRECOGNIZED -> unknown(path);
    };
  }

  public static io.datastored.v1.SyncLevel of(SyncLevel level) {
    return switch (level) {
      case FILE_SYSTEM -> io.datastored.v1.SyncLevel.SYNC_LEVEL_FILE_SYSTEM;
      case FILE -> io.datastored.v1.SyncLevel.SYNC_LEVEL_FILE;
      case NONE -> io.datastored.v1.SyncLevel.SYNC_LEVEL_NONE;
    };
  }

  public Optional<SyncLevel> read(String path, io.datastored.v1.SyncLevel level) {
    return switch (level) {
      case SYNC_LEVEL_FILE_SYSTEM -> Optional.of(SyncLevel.FILE_SYSTEM);
      case SYNC_LEVEL_FILE -> Optional.of(SyncLevel.FILE);
      case SYNC_LEVEL_NONE -> Optional.of(SyncLevel.NONE);
      case SYNC_LEVEL_UNSPECIFIED -> Optional.empty();
      case UNRECOGNIZED -> unknown(path);
    };
  }

  public static io.datastored.v1.BackendKind of(BackendKind kind) {
    return switch (kind) {
      case FILE_SYSTEM -> io.datastored.v1.BackendKind.BACKEND_KIND_FILE_SYSTEM;
      case S3 -> io.datastored.v1.BackendKind.BACKEND_KIND_S3;
    };
  }

  public Optional<BackendKind> read(String path, io.datastored.v1.BackendKind kind) {
    return switch (kind) {
      case BACKEND_KIND_FILE_SYSTEM -> Optional.of(BackendKind.FILE_SYSTEM);
      case BACKEND_KIND_S3 -> Optional.of(BackendKind.S3);
      case BACKEND_KIND_UNSPECIFIED -> Optional.empty();
      case UNRECOGNIZED -> unknown(path);
    };
  }

  private <E> Optional<E> unknown(String path) {
    faults.add(path, "has a value that this server does not know");
    return Optional.empty();
  }
}
