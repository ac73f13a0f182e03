package io.datastored.config.document;

import static io.datastored.config.document.PbsEffect.DATASTORE_UNUSABLE;
import static io.datastored.config.document.PbsEffect.FILE_REFUSED;
import static io.datastored.config.document.PbsEffect.LIST_FAILS;
import static io.datastored.config.document.PbsEffect.MODE_IGNORED;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.datastored.config.ByteSize;
import io.datastored.config.CalendarEvent;
import io.datastored.config.DatastoreName;
import io.datastored.config.IdSyntax;
import io.datastored.config.MaintenanceSetting;
import io.datastored.config.S3Bucket;
import io.datastored.config.TextRule;
import io.datastored.config.UserId;
import io.datastored.config.Uuid;
import io.datastored.config.document.ValueRule.BackendKeys;
import io.datastored.config.document.ValueRule.Both;
import io.datastored.config.document.ValueRule.Flag;
import io.datastored.config.document.ValueRule.Form;
import io.datastored.config.document.ValueRule.Line;
import io.datastored.config.document.ValueRule.Member;
import io.datastored.config.document.ValueRule.Member.Presence;
import io.datastored.config.document.ValueRule.Structure;
import io.datastored.config.document.ValueRule.Text;
import io.datastored.config.document.ValueRule.User;
import io.datastored.config.document.ValueRule.Whole;
import io.datastored.config.document.ValueRule.Words;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The PBS schema is the rule for the value of each property in Proxmox Backup Server 4.2.
 * Immutable.
 *
 * <p>Everything that is written conforms to it. A file that is read may violate it: {@link
 * PbsReview} notes that.
 */
final class PbsSchema {

  /** The server of the schema, for messages. */
  static final String SERVER = "Proxmox Backup Server 4.2";

  private static final ValueRule FLAG = new Flag();
  private static final ValueRule CALENDAR =
      new Form(
          1,
          Integer.MAX_VALUE,
          "a calendar event such as daily, sun 03:00 or mon..fri 8..17:0/15",
          CalendarEvent::isEvent);
  private static final ValueRule COUNT = new Whole(1, Long.MAX_VALUE, FILE_REFUSED);
  private static final ValueRule NAME =
      new Form(
          DatastoreName.MIN_LENGTH,
          DatastoreName.MAX_LENGTH,
          "a name of 3 to 32 characters, the first a letter, digit or '_', the rest letters,"
              + " digits, '.', '_' or '-'",
          IdSyntax::matches);
  private static final ValueRule SIZE =
      new Form(
          1,
          ByteSize.MAX_LENGTH,
          "a size such as 500GiB",
          text -> ByteSize.tryParse(text).isPresent());
  private static final ValueRule THRESHOLD = new Whole(0, Long.MAX_VALUE, DATASTORE_UNUSABLE);
  private static final ValueRule THREADS = new Whole(1, 32, FILE_REFUSED);
  private static final ValueRule WHEN =
      new Words(ImmutableSet.of("always", "error", "never"), DATASTORE_UNUSABLE);

  private static final ImmutableMap<String, ValueRule> RULES =
      ImmutableMap.<String, ValueRule>builder()
          .put(
              "backend",
              new Both(
                  new Structure(
                      "type",
                      ImmutableMap.of(
                          "type", orEmpty(words(FILE_REFUSED, "filesystem", "s3")),
                          "client", orEmpty(NAME),
                          "bucket",
                              orEmpty(
                                  new Form(
                                      S3Bucket.MIN_LENGTH,
                                      S3Bucket.MAX_LENGTH,
                                      "the name of a bucket: lower-case letters, digits and '-'",
                                      S3Bucket::isPbsName)),
                          "max-cache-size", orEmpty(SIZE))),
                  new BackendKeys()))
          .put(
              "backing-device",
              new Form(36, 36, "a UUID in lower-case hexadecimal digits", Uuid::matches))
          .put("comment", new Line(128))
          .put("counter-reset-schedule", CALENDAR)
          .put("gc-on-unmount", FLAG)
          .put("gc-schedule", CALENDAR)
          .put("keep-daily", COUNT)
          .put("keep-hourly", COUNT)
          .put("keep-last", COUNT)
          .put("keep-monthly", COUNT)
          .put("keep-weekly", COUNT)
          .put("keep-yearly", COUNT)
          .put(
              "maintenance-mode",
              new Structure(
                  "type",
                  ImmutableMap.of(
                      "type",
                      new Member(
                          words(
                              MODE_IGNORED,
                              "read-only",
                              "offline",
                              "delete",
                              "unmount",
                              "s3-refresh"),
                          Presence.REQUIRED),
                      "message",
                      optional(new Line(MaintenanceSetting.MAX_MESSAGE)))))
          .put("name", NAME)
          .put("notification-mode", words(LIST_FAILS, "legacy-sendmail", "notification-system"))
          .put(
              "notification-thresholds",
              new Structure(
                  null,
                  ImmutableMap.<String, Member>builder()
                      .put("s3-get", optional(THRESHOLD))
                      .put("s3-put", optional(THRESHOLD))
                      .put("s3-post", optional(THRESHOLD))
                      .put("s3-head", optional(THRESHOLD))
                      .put("s3-delete", optional(THRESHOLD))
                      .put("s3-upload", optional(SIZE))
                      .put("s3-download", optional(SIZE))
                      .buildOrThrow()))
          .put(
              "notify",
              new Structure(
                  null,
                  ImmutableMap.of(
                      "gc", orEmpty(WHEN),
                      "verify", orEmpty(WHEN),
                      "sync", orEmpty(WHEN),
                      "prune", orEmpty(WHEN))))
          .put(
              "notify-user",
              new User(new Form(3, 64, "a user id, name@realm", UserId::matches), 2, 32))
          .put("path", new Text(1, 4096))
          .put("prune-schedule", CALENDAR)
          .put(
              "tuning",
              new Structure(
                  null,
                  ImmutableMap.<String, Member>builder()
                      .put("chunk-order", orEmpty(words(DATASTORE_UNUSABLE, "inode", "none")))
                      .put(
                          "sync-level",
                          orEmpty(words(DATASTORE_UNUSABLE, "filesystem", "file", "none")))
                      .put("gc-atime-safety-check", optional(FLAG))
                      .put("gc-atime-cutoff", optional(new Whole(1, 2880, FILE_REFUSED)))
                      .put("gc-cache-capacity", optional(new Whole(0, 8388608, FILE_REFUSED)))
                      .put("default-verification-workers", optional(THREADS))
                      .put("default-verification-readers", optional(THREADS))
                      .buildOrThrow()))
          .put("verify-new", FLAG)
          .buildOrThrow();

  private PbsSchema() {}

  private static ValueRule words(PbsEffect other, String... words) {
    return new Words(ImmutableSet.copyOf(words), other);
  }

  private static Member optional(ValueRule rule) {
    return new Member(rule, Presence.OPTIONAL);
  }

  private static Member orEmpty(ValueRule rule) {
    return new Member(rule, Presence.OPTIONAL_OR_EMPTY);
  }

  /** The keys of the schema. */
  static ImmutableSet<String> keys() {
    return RULES.keySet();
  }

  /**
   * Why a property is not accepted; empty if it is.
   *
   * @param value the text after the key, without surrounding blanks
   */
  static Optional<PbsRefusal> refusal(String key, String value) {
    ValueRule rule = RULES.get(key);
    if (rule == null) {
      return Optional.of(PbsRefusal.of("is not a property that it knows", PbsEffect.FILE_REFUSED));
    }
    Optional<PbsRefusal> refusal = rule.refusal(value);
    return refusal.isPresent() ? refusal : control(value);
  }

  /**
   * The refusal of control characters, which that server never saves, whatever the rule of the
   * property.
   */
  private static Optional<PbsRefusal> control(String value) {
    OptionalInt control = TextRule.control(value);
    return control.isPresent()
        ? Optional.of(
            new PbsRefusal(
                "",
                control.getAsInt(),
                "contains " + TextRule.name(value.charAt(control.getAsInt())),
                PbsEffect.NOT_SAVED))
        : Optional.empty();
  }
}
