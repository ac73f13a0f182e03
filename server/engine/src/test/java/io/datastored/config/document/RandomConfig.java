package io.datastored.config.document;

import com.google.common.collect.ImmutableSortedMap;
import io.datastored.config.Backend;
import io.datastored.config.Backend.BackendKind;
import io.datastored.config.ByteSize;
import io.datastored.config.DatastoreName;
import io.datastored.config.DatastoreSettings;
import io.datastored.config.LegacyPrune;
import io.datastored.config.LegacyPrune.KeepRule;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.MaintenanceSetting;
import io.datastored.config.Notify;
import io.datastored.config.Notify.NotifyWhen;
import io.datastored.config.Tuning;
import io.datastored.config.Tuning.ChunkOrder;
import io.datastored.config.Tuning.SyncLevel;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Supplier;

/** A random config makes valid settings, modes and names. Confined to one thread. */
public final class RandomConfig {

  private static final String[] LETTERS = {
    "a", "Z", "7", "_", " ", ",", "\"", "\\", "=", "#", "%41", "ü", "漢", "😀", ":", "'", ";", "n"
  };
  private static final String[] EVENTS = {
    "daily",
    "sun 03:00",
    "mon..fri 8..17,22:0/15",
    "*-1..7 18:00",
    "*:0/5",
    "2026-10-3",
    "sat 18:15"
  };

  private final SplittableRandom random;

  public RandomConfig(SplittableRandom random) {
    this.random = random;
  }

  public DatastoreName name() {
    return DatastoreName.of("ds" + random.nextInt(10) + (random.nextBoolean() ? "" : ".x-Y"));
  }

  public MaintenanceSetting maintenance() {
    MaintenanceMode mode = pick(MaintenanceMode.values());
    Optional<String> message =
        mode == MaintenanceMode.NONE ? Optional.empty() : maybe(() -> text(60));
    return new MaintenanceSetting(mode, message);
  }

  public DatastoreSettings settings(DatastoreName name) {
    Optional<String> device =
        random.nextInt(4) == 0
            ? Optional.of("0f4c2a6e-1b7d-4c55-9d7e-6a2b3c4d5e6f")
            : Optional.empty();
    String path = (device.isPresent() ? "" : "/") + "srv/" + name + random.nextInt(3) + "/ü, #x";
    return DatastoreSettings.builder()
        .path(path)
        .backingDevice(device)
        .comment(maybe(() -> text(120).strip()))
        .gcSchedule(maybe(() -> pick(EVENTS)))
        .gcOnUnmount(maybe(random::nextBoolean))
        .verifyNew(maybe(random::nextBoolean))
        .notifyUser(maybe(() -> "ops" + random.nextInt(9) + "@pbs"))
        .notifications(maybe(this::notifications))
        .notificationMode(maybe(() -> pick(DatastoreSettings.NotificationMode.values())))
        .tuning(maybe(this::tuning))
        .backend(maybe(this::backend))
        .legacyPrune(maybe(this::prune))
        .notificationThresholds(maybe(() -> "s3-get=" + random.nextInt(99) + ",s3-upload=5 GiB"))
        .counterResetSchedule(maybe(() -> pick(EVENTS)))
        .otherProperties(others())
        .build();
  }

  private Notify notifications() {
    return new Notify(when(), when(), when(), when());
  }

  private Optional<NotifyWhen> when() {
    return maybe(() -> pick(NotifyWhen.values()));
  }

  private Tuning tuning() {
    return new Tuning(
        maybe(() -> pick(ChunkOrder.values())),
        maybe(() -> pick(SyncLevel.values())),
        maybe(random::nextBoolean),
        maybeInt(1, 2880),
        maybeInt(0, 8388608),
        maybeInt(1, 32),
        maybeInt(1, 32));
  }

  private Backend backend() {
    return random.nextBoolean()
        ? Backend.FILE_SYSTEM
        : new Backend(
            BackendKind.S3,
            Optional.of("minio-" + random.nextInt(9)),
            Optional.of("pbs-" + random.nextInt(9)),
            maybe(() -> new ByteSize(size())));
  }

  private long size() {
    long any = random.nextLong(Long.MAX_VALUE);
    return random.nextBoolean() ? any : any >>> 40 << random.nextInt(4) * 10;
  }

  private LegacyPrune prune() {
    LegacyPrune prune = LegacyPrune.EMPTY;
    for (KeepRule rule : KeepRule.values()) {
      if (random.nextInt(3) == 0) {
        prune = prune.with(rule, random.nextLong(1, Long.MAX_VALUE));
      }
    }
    return random.nextBoolean() ? prune.withSchedule(pick(EVENTS)) : prune;
  }

  private ImmutableSortedMap<String, String> others() {
    TreeMap<String, String> others = new TreeMap<>();
    while (random.nextInt(4) == 0) {
      others.put("x-" + random.nextInt(5), text(30).strip());
    }
    return ImmutableSortedMap.copyOf(others);
  }

  private String text(int max) {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(max / 3);
    for (int i = 0; i < length; i++) {
      text.append(pick(LETTERS));
    }
    return text.toString();
  }

  @SafeVarargs
  private <T> T pick(T... from) {
    return from[random.nextInt(from.length)];
  }

  private <T> Optional<T> maybe(Supplier<T> value) {
    return random.nextInt(3) == 0 ? Optional.of(value.get()) : Optional.empty();
  }

  private OptionalInt maybeInt(int min, int max) {
    return random.nextInt(3) == 0
        ? OptionalInt.of((int) random.nextLong(min, max + 1L))
        : OptionalInt.empty();
  }
}
