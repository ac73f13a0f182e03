package io.datastored.service.wire;

import com.google.rpc.BadRequest.FieldViolation;
import io.datastored.config.DatastoreName;
import io.datastored.config.TextRule;
import io.datastored.history.Generation;
import io.datastored.history.Incarnation;
import io.datastored.history.Revision;
import io.datastored.lease.LeaseId;
import io.datastored.lease.SessionId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * Request faults are all faults of one request, collected so that a caller sees them at once.
 * Confined to the thread that validates the request. A check returns the domain value, or empty
 * after noting a fault; call {@link #throwIfAny} between the checks and the use of their values.
 */
public final class RequestFaults {
  /** The largest page size; also the meaning of 0. */
  static final int LARGEST_PAGE = 1000;

  private static final Pattern INCARNATION = Pattern.compile("[0-9a-f]{16}");

  private final List<FieldViolation> faults = new ArrayList<>();
  private long total;

  /** Notes a fault of the field at {@code path}, for example {@code datastore.settings.path}. */
  public void add(String path, String description) {
    total++;
    if (faults.size() == Brief.MOST_VIOLATIONS) {
      return; // not reported: a request may have a fault in every byte
    }
    faults.add(FieldViolation.newBuilder().setField(path).setDescription(description).build());
  }

  boolean any() {
    return !faults.isEmpty();
  }

  /** Ends the call with INVALID_REQUEST if anything was noted. */
  public void throwIfAny(Refusals refusals) {
    if (any()) {
      throw refusals.invalid(faults, total);
    }
  }

  public Optional<DatastoreName> datastoreName(String path, String text) {
    if (text.isEmpty()) {
      add(path, "is required");
      return Optional.empty();
    }
    Optional<DatastoreName> name = DatastoreName.tryParse(text);
    if (name.isEmpty()) {
      add(
          path,
          "must be 3 to 32 characters, the first of [A-Za-z0-9_], the rest of [A-Za-z0-9._-]");
    }
    return name;
  }

  /** The name of a datastore, which a request may omit. */
  public Optional<DatastoreName> optionalName(String path, String text) {
    return text.isEmpty() ? Optional.empty() : datastoreName(path, text);
  }

  /** The id of a session, which a request must name. */
  public Optional<SessionId> sessionId(String path, String text) {
    if (text.isEmpty()) {
      add(path, "is required");
    }
    return id(path, text).map(SessionId::new);
  }

  /** A lease or session id; empty if the text is empty. */
  public Optional<String> id(String path, String text) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    if (!LeaseId.isValid(text)) {
      add(path, "must be 1 to 64 of [A-Za-z0-9._:-]");
      return Optional.empty();
    }
    return Optional.of(text);
  }

  /** One line of text for people; empty if the text is empty. */
  public Optional<String> line(String path, String text, int mostCharacters) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    if (text.codePointCount(0, text.length()) > mostCharacters) {
      add(path, "must have at most %d characters".formatted(mostCharacters));
      return Optional.empty();
    }
    OptionalInt unprintable = TextRule.unprintable(text);
    if (unprintable.isPresent()) {
      add(path, "contains " + TextRule.name(text.codePointAt(unprintable.getAsInt())));
      return Optional.empty();
    }
    return Optional.of(text);
  }

  public Optional<Instant> instant(String path, com.google.protobuf.Timestamp timestamp) {
    Optional<Instant> instant = ProtoTimes.instant(timestamp);
    if (instant.isEmpty()) {
      add(path, "is not a time between the years 1 and 9999");
    }
    return instant;
  }

  public Optional<Duration> duration(String path, com.google.protobuf.Duration duration) {
    Optional<Duration> time = ProtoTimes.duration(duration);
    if (time.isEmpty()) {
      add(path, "is not a valid duration");
    } else if (time.get().isNegative()) {
      add(path, "must not be negative");
      return Optional.empty();
    }
    return time;
  }

  /** A revision that a client remembers. */
  public Optional<Revision> revision(String path, io.datastored.v1.Revision revision) {
    boolean history = INCARNATION.matcher(revision.getIncarnation()).matches();
    if (!history) {
      add(path + ".incarnation", "must be 16 lower-case hexadecimal digits");
    }
    if (revision.getGeneration() < 1) {
      add(path + ".generation", "must be at least 1");
      return Optional.empty();
    }
    return history
        ? Optional.of(
            new Revision(
                new Incarnation(revision.getIncarnation()),
                new Generation(revision.getGeneration())))
        : Optional.empty();
  }

  public int pageSize(String path, int size) {
    if (size < 0 || size > LARGEST_PAGE) {
      add(path, "must be 0 to %d".formatted(LARGEST_PAGE));
    }
    return size == 0 ? LARGEST_PAGE : size;
  }

  public Optional<PageToken> pageToken(String path, PageToken.Listing listing, String text) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Optional<PageToken> token = PageToken.decode(listing, text);
    if (token.isEmpty()) {
      add(path, "is not a token that this call has answered");
    }
    return token;
  }
}
