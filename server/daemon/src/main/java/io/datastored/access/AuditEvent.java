package io.datastored.access;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * An audit event is a decision that matters, with what is known of it. Immutable; made by a {@link
 * Builder}. Its values are formatted when it is written, on the thread that writes.
 */
public final class AuditEvent {

  /** What has happened. The names in lower case are those in the audit log. */
  public enum Kind {
    /** A maintenance mode was set. */
    MODE_SET(Verb.MAINTAIN),
    /** A maintenance mode was cleared. */
    MODE_CLEARED(Verb.MAINTAIN),
    /** A drain ends the conflicting leases. */
    DRAIN_FORCED(Verb.MAINTAIN),
    /** Operations of Proxmox Backup Server, which cannot be seen, are not waited for. */
    PBS_IGNORED(Verb.MAINTAIN),
    DATASTORE_CREATED(Verb.CREATE),
    DATASTORE_CHANGED(Verb.CONFIGURE),
    DATASTORE_REMOVED(Verb.CONFIGURE),
    /** The access rules were read again. */
    RULES_RELOADED,
    /** A link to the status page was made, which shows what the principal may see. */
    PAGE_LINK_CREATED,
    LEASE_GRANTED,
    /** The server ended a lease: by force, or because it has expired. */
    LEASE_ENDED,
    SESSION_OPENED,
    /** A session has expired. */
    SESSION_LOST,
    /** A call was refused because of who made it. At most a few lines a second and principal. */
    DENIED,
    /** Stands for denials that have no line of their own. */
    DENIALS_OMITTED,
    /** The audit log could not be written, or not completely; now it can. */
    AUDIT_INTERRUPTED;

    private final Optional<Verb> verb;

    Kind() {
      this.verb = Optional.empty();
    }

    Kind(Verb verb) {
      this.verb = Optional.of(verb);
    }

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What most values take, in bytes. */
  private static final int USUAL_VALUE = 64;

  private final Kind kind;
  private final Optional<Principal> principal;
  private final Map<AuditField, Object> values;

  private AuditEvent(Builder from) {
    this.kind = from.kind;
    this.principal = from.principal;
    this.values = new EnumMap<>(from.values);
  }

  /**
   * A builder of an event.
   *
   * @param kind what has happened
   */
  public static Builder of(Kind kind) {
    return new Builder(kind);
  }

  Kind kind() {
    return kind;
  }

  /** Who did it; empty if the server did it by itself. */
  Optional<Principal> principal() {
    return principal;
  }

  /** The values in the order of the fields. */
  Map<AuditField, Object> values() {
    return values;
  }

  /** About the number of bytes that it occupies in memory. */
  long weight() {
    long weight = USUAL_VALUE;
    for (Object value : values.values()) {
      weight += USUAL_VALUE + (value instanceof String text ? text.length() : 0);
    }
    return weight;
  }

  /** A builder of an audit event. Values that are absent or empty are left out. Not thread-safe. */
  public static final class Builder {
    private final Kind kind;
    private final Map<AuditField, Object> values = new EnumMap<>(AuditField.class);
    private Optional<Principal> principal = Optional.empty();

    private Builder(Kind kind) {
      this.kind = kind;
      with(AuditField.VERB, kind.verb.map(Verb::word));
    }

    /** Who did it. */
    public Builder by(Principal who) {
      principal = Optional.of(who);
      return this;
    }

    /**
     * Adds a value.
     *
     * @param value immutable; a number, an address, or what its {@code toString} shows
     */
    public Builder with(AuditField field, Object value) {
      if (!value.equals("")) {
        values.put(field, value);
      }
      return this;
    }

    /** Adds a value, if it is present. */
    public Builder with(AuditField field, Optional<?> value) {
      value.ifPresent(present -> with(field, present));
      return this;
    }

    public AuditEvent build() {
      return new AuditEvent(this);
    }
  }
}
