package io.datastored.cli.view;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import io.datastored.service.wire.ProtoWords;
import io.datastored.v1.Holder;
import io.datastored.v1.Maintenance;
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
    return ProtoWords.word(operation).orElse("unknown");
  }

  public static String of(Maintenance maintenance) {
    String message = maintenance.getMessage();
    return ProtoWords.mode(maintenance) + (message.isEmpty() ? "" : " \"" + message + "\"");
  }

  public static String of(MountState state) {
    return ProtoWords.word(state).map(word -> word.replace('-', ' ')).orElse("not known");
  }

  /** The time to the second. */
  public static String of(Timestamp time) {
    return Timestamps.toString(Timestamps.fromSeconds(time.getSeconds()));
  }

  /** {@code backup on b17 (pid 4711, cn:backup)}, as far as it is known. */
  public static String of(Holder holder) {
    var text = new StringBuilder(holder.getClient().isEmpty() ? "a client" : holder.getClient());
    String host = holder.getHost().isEmpty() ? holder.getPeer() : holder.getHost();
    if (!host.isEmpty()) {
      text.append(" on ").append(host);
    }
    List<String> known = new ArrayList<>();
    if (holder.getPid() != 0) {
      known.add("pid " + holder.getPid());
    }
    proven(holder).ifPresent(known::add);
    if (!known.isEmpty()) {
      text.append(" (").append(String.join(", ", known)).append(')');
    }
    return VisibleText.of(text.toString());
  }

  /** The form in tables: {@code backup@b17:4711 (cn:backup)}, as far as it is known. */
  public static String inBrief(Holder holder) {
    String host = holder.getHost().isEmpty() ? holder.getPeer() : holder.getHost();
    return VisibleText.of(
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
    return ProtoWords.word(state).orElse("in a state unknown here");
  }

  /** One word of a shell command, quoted if necessary. */
  public static String quoted(String word) {
    return SHELL_WORD.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
