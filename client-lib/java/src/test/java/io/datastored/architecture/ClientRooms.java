package io.datastored.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The rooms of the client, top to bottom, with their classes. Immutable. They share one package, so
 * that users see the public types only; the test still checks the direction of dependencies.
 */
final class ClientRooms {

  /** A room may use only the rooms below it, which are later in this map. */
  static final Map<String, List<String>> TOP_DOWN = rooms();

  static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.datastored.client");

  private ClientRooms() {}

  private static Map<String, List<String>> rooms() {
    Map<String, List<String>> rooms = new LinkedHashMap<>();
    rooms.put("client", List.of("DatastoredClient", "Lookups", "Closing", "Writes", "Channels"));
    rooms.put(
        "streams", List.of("ServerStreams", "FollowedStream", "FollowedWatch", "FollowedDrain"));
    rooms.put("ask", List.of("InFlight", "LeaseFetch", "PlainFetch"));
    rooms.put("watch", List.of("WatchLoop", "FrameApplier", "FrameAssembly"));
    rooms.put(
        "session",
        List.of(
            "SessionLoop",
            "SessionObserver",
            "Terms",
            "Reclaims",
            "OrphanLeases",
            "StateWaits",
            "ClientHolder",
            "Trouble"));
    rooms.put("lease", List.of("LeaseBook", "LeaseNumbers", "PendingReleases"));
    rooms.put(
        "cache",
        List.of(
            "NearCache",
            "View",
            "CachedDatastore",
            "NegativeAnswers",
            "Term",
            "SessionEpoch",
            "Handle",
            "SharedLease",
            "LeaseGrant",
            "LeaseSlot",
            "LeaseCount",
            "LocalRefusals",
            "PendingLookup",
            "RevisionWaits",
            "Selection"));
    rooms.put(
        "wire",
        List.of(
            "ServerChannel",
            "LineTrouble",
            "Patience",
            "Sending",
            "Call",
            "Backoff",
            "Failure",
            "SharedConnections",
            "SharedChannel"));
    rooms.put("ground", List.of("Loop", "Callbacks", "ClientClock", "Futures", "Counters"));
    rooms.put(
        "words",
        List.of(
            "Operation",
            "ClientState",
            "Origin",
            "SuspectReads",
            "LookupOptions",
            "LossCause",
            "LeaseLost",
            "StateChange",
            "AppliedFrame",
            "SessionOpened",
            "ClientListener",
            "FrameListener",
            "DrainListener",
            "ClientMetrics",
            "ClientStats",
            "DatastoredException",
            "RefusedException",
            "UnavailableException",
            "Refusal",
            "ClientOptions",
            "ClientTimes",
            "ClientSources",
            "ChannelSource",
            "RevisionOrder",
            "WireTimes",
            "package-info"));
    rooms.put("threads", List.of("ClientThreads", "StartedThreads", "Transport", "NettyTransport"));
    return rooms;
  }

  /** The room of a class, or of its top-level class. */
  static String roomOf(JavaClass type) {
    String name = type.getName().replace(type.getPackageName() + ".", "").replaceAll("\\$.*", "");
    return TOP_DOWN.entrySet().stream()
        .filter(room -> room.getValue().contains(name))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " lives in no room"));
  }
}
