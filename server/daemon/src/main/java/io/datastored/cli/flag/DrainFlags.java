package io.datastored.cli.flag;

import com.google.protobuf.util.Durations;
import io.datastored.v1.DrainRequest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags of a drain. Confined to the command's thread. */
@TypedOnly
public final class DrainFlags {

  public static final String IGNORE_PBS =
      "Do not wait for operations of Proxmox Backup Server, which this server cannot see.";

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      description = "Stop waiting after this time and exit with 6. The maintenance mode stays set.")
  @Nullable Duration timeout;

  @Option(
      names = "--force",
      description = {
        "End the leases that block the drain, and wait until their holders must have stopped.",
        "Operations of processes on the server's host cannot be ended."
      })
  boolean force;

  @Option(names = "--ignore-pbs", description = IGNORE_PBS)
  boolean ignorePbs;

  public boolean areGiven() {
    return force || ignorePbs || timeout != null;
  }

  public DrainRequest request(String datastore, String etag) {
    var request =
        DrainRequest.newBuilder()
            .setDatastore(datastore)
            .setEtag(etag)
            .setForce(force)
            .setIgnorePbs(ignorePbs);
    if (timeout != null) {
      request.setTimeout(Durations.fromMillis(timeout.toMillis()));
    }
    return request.build();
  }
}
