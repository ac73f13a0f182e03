package io.datastored.cli.command;

import com.google.protobuf.MessageOrBuilder;
import io.datastored.cli.flag.ClientOptions;
import io.datastored.cli.view.Json;
import io.datastored.cli.view.TextTable;
import io.datastored.cli.view.VisibleText;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A listing prints what comes page by page: as JSON one entry a line, as soon as it is there, and
 * otherwise as one table. Confined to the command's thread.
 */
final class Listing<E extends MessageOrBuilder> {
  private final ClientOptions client;
  private final List<E> entries = new ArrayList<>();
  private boolean filtered;

  Listing(ClientOptions client) {
    this.client = client;
  }

  /**
   * @param filtered whether the caller may not see all of the page
   */
  void add(Iterable<E> page, boolean filtered) {
    for (E entry : page) {
      if (client.isJson()) {
        client.out().println(Json.line(entry));
      } else {
        entries.add(entry);
      }
    }
    this.filtered |= filtered;
  }

  /** What is said below a list of one of several servers; nothing if it is alone. */
  List<String> perReplica(Function<E, String> replica, String what) {
    return entries.stream()
        .map(replica)
        .filter(name -> !name.isEmpty())
        .findFirst()
        .map(
            name ->
                "these are the %s at replica %s; the others list their own"
                    .formatted(what, VisibleText.of(name)))
        .stream()
        .toList();
  }

  /**
   * Prints the table, if there is one.
   *
   * @param below said below it
   * @param hidden said at the end if something is hidden from the caller
   */
  void print(Function<List<E>, TextTable> table, List<String> below, String hidden) {
    if (client.isJson()) {
      return;
    }
    table.apply(entries).printTo(client.out());
    below.forEach(client.out()::println);
    if (filtered) {
      client.out().println(hidden);
    }
  }
}
