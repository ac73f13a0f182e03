package io.datastored.config;

import java.util.Optional;

/**
 * A maintenance mode determines which operations a datastore refuses. Immutable.
 *
 * <p>The matrix and the transitions are upstream's.
 */
public enum MaintenanceMode {
  /** In service: nothing is refused. Never written to the file. */
  NONE(Refuses.NOTHING, Idle.STAYS),
  /** Refuses WRITE. */
  READ_ONLY(Refuses.WRITE, Idle.STAYS),
  /** Refuses READ and WRITE. */
  OFFLINE(Refuses.READ_AND_WRITE, Idle.EVICTED),
  /** Refuses everything; the datastore is being removed. */
  DELETE(Refuses.EVERYTHING, Idle.EVICTED),
  /** Refuses READ and WRITE; the device is being unmounted. */
  UNMOUNT(Refuses.READ_AND_WRITE, Idle.EVICTED),
  /** Refuses READ and WRITE; the local cache of an object store is being rebuilt. */
  S3_REFRESH(Refuses.READ_AND_WRITE, Idle.STAYS);

  private enum Refuses {
    NOTHING,
    WRITE,
    READ_AND_WRITE,
    EVERYTHING
  }

  private enum Idle {
    STAYS,
    EVICTED
  }

  private static final EnumNames<MaintenanceMode> WORDS = EnumNames.of(MaintenanceMode.class);

  private final Refuses refuses;
  private final Idle idle;

  MaintenanceMode(Refuses refuses, Idle idle) {
    this.refuses = refuses;
    this.idle = idle;
  }

  /** The mode for a word, including {@code none}. */
  public static Optional<MaintenanceMode> fromWord(String word) {
    return WORDS.find(word);
  }

  /** The word for this mode in the file and in messages, like {@code read-only}. */
  public String word() {
    return EnumNames.word(this);
  }

  /** Whether a READ is refused. */
  public boolean refusesRead() {
    return refuses.compareTo(Refuses.READ_AND_WRITE) >= 0;
  }

  /** Whether a WRITE is refused. */
  public boolean refusesWrite() {
    return refuses.compareTo(Refuses.WRITE) >= 0;
  }

  /** Whether even a LOOKUP is refused. */
  public boolean refusesLookup() {
    return refuses == Refuses.EVERYTHING;
  }

  /** Whether everything that the other mode refuses is refused by this one too. */
  public boolean refusesAllThat(MaintenanceMode other) {
    return refuses.compareTo(other.refuses) >= 0;
  }

  /** Whether open files of the datastore must be closed once it is idle. */
  public boolean evicts() {
    return idle == Idle.EVICTED;
  }

  /**
   * Whether a caller that has not seen the reason for this mode may change it to the next one:
   * {@code delete} can be left only by a caller that has.
   */
  public boolean mayBecome(MaintenanceMode next) {
    return this != DELETE || next == DELETE;
  }
}
