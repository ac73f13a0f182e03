package io.datastored.cli.view;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import io.datastored.v1.Holder;
import io.datastored.v1.Maintenance;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.MountState;
import io.datastored.v1.Operation;
import io.datastored.v1.Revision;
import io.datastored.v1.ServerState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Labels are the readable words for values of the contract. Stateless. */
public final class Labels {

  /** Said below a list of datastores from which the rules keep some back. */
  public static final String FILTERED =
      "there may be more datastores: the rules of the server hide some from you";

  /** The prefix of Netty's messages: {@code finishConnect(..) failed with error(-111): }. */
  private static final Pattern NATIVE_CALL =
      Pattern.compile("\\w+\\(\\.\\.\\) failed with error\\(-?\\d+\\): ");

  private static final Pattern SHELL_WORD = Pattern.compile("[A-Za-z0-9._:/@=+-]+");

  private Labels() {}

  /** The reason without the name of the system call. */
  public static String withoutNativeCall(String message) {
    return NATIVE_CALL.matcher(message).replaceFirst("");
  }

  public static String of(Revision revision) {
    return revision.getIncarnation() + "/" + revision.getGeneration();
  }

  public static String of(Operation operation) {
    return switch (operation) {
      case OPERATION_READ -> "read";
      case OPERATION_WRITE -> "write";
      case OPERATION_LOOKUP -> "lookup";
      case OPERATION_UNSPECIFIED, UNRECOGNIZED -> "unknown";
    };
  }

  /** A mode of a later version counts as offline, as the contract requires. */
  public static String of(MaintenanceMode mode) {
    return switch (mode) {
      case MAINTENANCE_MODE_NONE -> "none";
      case MAINTENANCE_MODE_READ_ONLY -> "read-only";
      case MAINTENANCE_MODE_OFFLINE -> "offline";
      case MAINTENANCE_MODE_DELETE -> "delete";
      case MAINTENANCE_MODE_UNMOUNT -> "unmount";
      case MAINTENANCE_MODE_S3_REFRESH -> "s3-refresh";
      case MAINTENANCE_MODE_UNSPECIFIED, UNRECOGNIZED -> "offline (a mode unknown here)";
    };
  }

  /** The mode without its message. */
  public static String mode(Maintenance maintenance) {
    return maintenance.getAsWritten().isEmpty()
        ? of(maintenance.getMode())
        : unreadable(maintenance.getAsWritten());
  }

  /** A mode that the server cannot parse, which closes the datastore. */
  static String unreadable(String asWritten) {
    return "unreadable '%s'".formatted(asWritten);
  }

  public static String of(Maintenance maintenance) {
    String message = maintenance.getMessage();
    return mode(maintenance) + (message.isEmpty() ? "" : " \"" + message + "\"");
  }

  public static String of(MountState state) {
    return switch (state) {
      case MOUNT_STATE_NOT_REMOVABLE -> "not removable";
      case MOUNT_STATE_MOUNTED -> "mounted";
      case MOUNT_STATE_NOT_MOUNTED -> "not mounted";
      case MOUNT_STATE_UNSPECIFIED, UNRECOGNIZED -> "not known";
    };
  }

  /** The time to the second. */
  public static String of(Timestamp time) {
    return Timestamps.toString(Timestamps.fromSeconds(time.getSeconds()));
  }

  /** {@code backup on b17 (pid 4711, cn:backup)}, as far as it is known. */
  public static String of(Holder holder) {
    var text = new StringBuilder(holder.getClient().isEmpty() ? "a client" : holder.getClient());
    text.append(" on ").append(holder.getHost().isEmpty() ? holder.getPeer() : holder.getHost());
    List<String> known = new ArrayList<>();
    if (holder.getPid() != 0) {
      known.add("pid " + holder.getPid());
    }
    proven(holder).ifPresent(known::add);
    if (!known.isEmpty()) {
      text.append(" (").append(String.join(", ", known)).append(')');
    }
    return plain(text.toString());
  }

  /** The form in tables: {@code backup@b17:4711 (cn:backup)}, as far as it is known. */
  public static String inBrief(Holder holder) {
    String host = holder.getHost().isEmpty() ? holder.getPeer() : holder.getHost();
    return plain(
        holder.getClient()
            + "@"
            + host
            + (holder.getPid() == 0 ? "" : ":" + holder.getPid())
            + proven(holder).map(" (%s)"::formatted).orElse(""));
  }

  /** The principal, unless it is anonymous. */
  private static Optional<String> proven(Holder holder) {
    return Optional.of(holder.getPrincipal())
        .filter(principal -> !principal.isEmpty() && !principal.equals("anonymous"));
  }

  public static String of(ServerState state) {
    return switch (state) {
      case SERVER_STATE_STARTING -> "starting";
      case SERVER_STATE_RECOVERING -> "recovering";
      case SERVER_STATE_SERVING -> "serving";
      case SERVER_STATE_STOPPING -> "stopping";
      case SERVER_STATE_UNSPECIFIED, UNRECOGNIZED -> "in a state unknown here";
    };
  }

  /**
   * The text without control characters: clients choose their names, and a terminal would execute
   * them.
   */
  public static String plain(String told) {
    return VisibleText.of(told);
  }

  /** One word of a shell command, quoted if necessary. */
  public static String quoted(String word) {
    return SHELL_WORD.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
