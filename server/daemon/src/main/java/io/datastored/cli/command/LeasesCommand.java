package io.datastored.cli.command;

import com.google.common.collect.Iterables;
import com.google.common.collect.Lists;
import io.datastored.cli.flag.ClientOptions;
import io.datastored.cli.flag.Connection;
import io.datastored.cli.flag.TypedOnly;
import io.datastored.cli.view.ExitStatus;
import io.datastored.cli.view.HumanFormat;
import io.datastored.cli.view.Labels;
import io.datastored.cli.view.ShortIds;
import io.datastored.cli.view.TextTable;
import io.datastored.v1.HeldLease;
import io.datastored.v1.Lease;
import io.datastored.v1.ListLeasesRequest;
import io.datastored.v1.ListLeasesResponse;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code datastored leases}: prints who uses which datastore. Confined to its thread. */
@Command(
    name = "leases",
    description = {
      "Prints the leases of remote clients, the oldest first.",
      "LEFT is the time until a lease expires unless it is renewed ('-': it lives as long as its session).",
      "Processes on the server's host hold no leases: 'datastored status NAME' lists them.",
      "Where several servers share one history, each lists its own: ask each of them."
    })
public final class LeasesCommand implements Callable<Integer> {

  @TypedOnly
  @Option(
      names = "--datastore",
      paramLabel = "NAME",
      defaultValue = "",
      description = "Only leases of this datastore.")
  String datastore;

  @TypedOnly
  @Option(
      names = "--session",
      paramLabel = "ID",
      defaultValue = "",
      description = "Only leases of the session whose id starts with this.")
  String session;

  @Option(names = "--full-ids", description = "Print ids in full, however long.")
  boolean fullIds;

  @Mixin ClientOptions client;

  /** Whether the server has left some out. */
  @Override
  public Integer call() {
    return client.ask(
        connection -> {
          var leases = new Listing<HeldLease>(client);
          Pages.each(
              token -> page(connection, token),
              ListLeasesResponse::getNextPageToken,
              page ->
                  leases.add(
                      Iterables.filter(
                          page.getLeasesList(),
                          held -> held.getLease().getSessionId().startsWith(session)),
                      page.getFiltered()));
          leases.print(
              this::table,
              leases.perReplica(HeldLease::getReplica, "leases"),
              "leases of others are shown to operators");
          return ExitStatus.OK;
        });
  }

  private ListLeasesResponse page(Connection connection, String token) {
    return connection
        .sessions()
        .listLeases(
            ListLeasesRequest.newBuilder().setDatastore(datastore).setPageToken(token).build());
  }

  private TextTable table(List<HeldLease> all) {
    var table =
        new TextTable("DATASTORE", "FOR", "HOLDER", "AGE", "IDLE", "LEFT", "LEASE", "PURPOSE");
    ShortIds ids = ShortIds.among(Lists.transform(all, held -> held.getLease().getLeaseId()));
    for (HeldLease held : all) {
      Lease lease = held.getLease();
      table.row(
          lease.getDatastore(),
          Labels.of(lease.getOperation()),
          Labels.inBrief(held.getHolder()),
          HumanFormat.age(held.getAge()),
          HumanFormat.age(held.getIdle()),
          lease.hasTtl() ? HumanFormat.age(lease.getTtl()) : "-",
          fullIds ? lease.getLeaseId() : ids.of(lease.getLeaseId()),
          held.getPurpose());
    }
    return table;
  }
}
