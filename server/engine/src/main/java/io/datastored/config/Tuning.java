package io.datastored.config;

import com.google.common.collect.ImmutableList;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Tuning is the property {@code tuning}: how chunks are read, written and garbage collected.
 * Immutable.
 *
 * @param chunkOrder the order in which chunks are read; upstream's default: INODE
 * @param syncLevel when written chunks are synced; upstream's default: FILE_SYSTEM
 * @param gcAtimeSafetyCheck upstream's default: true
 * @param gcAtimeCutoffMinutes 1 to 2880; upstream's default: 1445
 * @param gcCacheCapacity chunks, 0 to 8388608; upstream's default: 1048576
 * @param defaultVerificationWorkers 0 or more
 * @param defaultVerificationReaders 0 or more
 */
public record Tuning(
    Optional<ChunkOrder> chunkOrder,
    Optional<SyncLevel> syncLevel,
    Optional<Boolean> gcAtimeSafetyCheck,
    OptionalInt gcAtimeCutoffMinutes,
    OptionalInt gcCacheCapacity,
    OptionalInt defaultVerificationWorkers,
    OptionalInt defaultVerificationReaders) {

  /** The order in which chunks are read. */
  public enum ChunkOrder {
    /** By inode number. */
    INODE,
    /** As listed in the index. */
    NONE;

    private static final EnumNames<ChunkOrder> WORDS = EnumNames.of(ChunkOrder.class);
  }

  /** When written chunks are synced. */
  public enum SyncLevel {
    /** Once per backup. */
    FILE_SYSTEM,
    /** Each file. */
    FILE,
    /** Never. */
    NONE;

    private static final EnumNames<SyncLevel> WORDS = EnumNames.of(SyncLevel.class);
  }

  /** Every default, equivalent to absent. */
  public static final Tuning EMPTY =
      new Tuning(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          OptionalInt.empty(),
          OptionalInt.empty(),
          OptionalInt.empty(),
          OptionalInt.empty());

  private static final String CHUNK_ORDER = "chunk-order";
  private static final String SYNC_LEVEL = "sync-level";
  private static final String SAFETY_CHECK = "gc-atime-safety-check";
  private static final String CUTOFF = "gc-atime-cutoff";
  private static final String CACHE_CAPACITY = "gc-cache-capacity";
  private static final String WORKERS = "default-verification-workers";
  private static final String READERS = "default-verification-readers";
  private static final ImmutableList<String> KEYS =
      ImmutableList.of(
          CHUNK_ORDER, SYNC_LEVEL, SAFETY_CHECK, CUTOFF, CACHE_CAPACITY, WORKERS, READERS);

  private static final int MAX_CUTOFF_MINUTES = 2880;
  private static final int MAX_CACHE_CAPACITY = 8388608;

  static Tuning parse(String text) throws ParseError {
    PropertyString from = PropertyString.parse(text, KEYS, null);
    return new Tuning(
        from.word(CHUNK_ORDER, ChunkOrder.WORDS),
        from.word(SYNC_LEVEL, SyncLevel.WORDS),
        from.bool(SAFETY_CHECK),
        from.integer(CUTOFF),
        from.integer(CACHE_CAPACITY),
        from.integer(WORKERS),
        from.integer(READERS));
  }

  Optional<String> print() {
    return new PropertyStringPrinter()
        .add(CHUNK_ORDER, chunkOrder)
        .add(SYNC_LEVEL, syncLevel)
        .add(SAFETY_CHECK, gcAtimeSafetyCheck)
        .add(CUTOFF, gcAtimeCutoffMinutes)
        .add(CACHE_CAPACITY, gcCacheCapacity)
        .add(WORKERS, defaultVerificationWorkers)
        .add(READERS, defaultVerificationReaders)
        .print();
  }

  void check(FaultCollector faults) {
    faults.range("tuning." + CUTOFF, gcAtimeCutoffMinutes, 1, MAX_CUTOFF_MINUTES);
    faults.range("tuning." + CACHE_CAPACITY, gcCacheCapacity, 0, MAX_CACHE_CAPACITY);
    faults.range("tuning." + WORKERS, defaultVerificationWorkers, 0, Integer.MAX_VALUE);
    faults.range("tuning." + READERS, defaultVerificationReaders, 0, Integer.MAX_VALUE);
  }
}
