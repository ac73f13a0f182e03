package io.datastored.history;

import io.datastored.file.FileIdentity;
import io.datastored.file.FileStamp;
import io.datastored.file.StoreException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * A store keeps one history: the configuration that is accepted, and the order in which it changed.
 * It is the seam behind which files, the memory of a test or a replicated store stand. Thread-safe.
 *
 * <p>The order of a commit: configuration replaced → state replaced; whoever has committed then
 * raises the {@link #doorbell}. A look goes the other way round. The state is the truth.
 */
public interface Store extends AutoCloseable {

  /** How a look finds out whether there is anything new. */
  enum Look {
    /** By the stamps of files: those of the last look are not read again. */
    AT_STAMPS,
    /** By what is in them, which also finds what was written without a change of their times. */
    INSIDE
  }

  /** The state that was there when the store was opened. */
  AcceptedState initial();

  /**
   * Looks at the accepted state and at the configuration.
   *
   * @param known the state to go on from if the accepted one is lost
   * @throws StoreException also when the state is not the one that was committed last; with reason
   *     DESCRIPTORS when there is something new that cannot be read for want of a file descriptor
   */
  Seen look(AcceptedState known, Look how) throws StoreException;

  /**
   * Keeps others from committing until it is closed.
   *
   * @throws StoreException when another process commits for longer than {@code wait}
   */
  Held hold(Duration wait) throws StoreException;

  /**
   * Commits a draft, durably. The caller holds the store, and raises the doorbell afterwards.
   *
   * @param on what the draft was decided on
   * @throws StoreException when it cannot be written. Nothing has changed then, unless the reason
   *     is OUTCOME_UNKNOWN: a later {@link #look} tells
   */
  Outcome commit(Seen on, Draft next) throws StoreException;

  /**
   * Finds out whether {@code present} could be committed again now. Changes nothing.
   *
   * @throws StoreException when it could not
   */
  void probe(AcceptedState present) throws StoreException;

  /** What tells every process of this history that there is a later state. */
  Doorbell doorbell();

  /**
   * Calls back whenever the configuration may have changed, by whomever, until the watch or the
   * store is closed. Best effort: there may be too many calls, and on some file systems none; who
   * must know looks from time to time. The callback must be quick and must not throw.
   */
  Watch watch(Runnable mayHaveChanged);

  /** Why the configuration of this store cannot be replaced, one sentence; empty when it can. */
  Optional<String> readOnlyReason();

  /**
   * Refuses when the configuration cannot be replaced.
   *
   * @throws StoreException that says why, and what to do
   */
  default void requireWritable() throws StoreException {
    Optional<String> refusal = readOnlyReason();
    if (refusal.isPresent()) {
      throw new StoreException(StoreException.Reason.READ_ONLY, refusal.get());
    }
  }

  /** Where the configuration is, for people. */
  String describe();

  /** Lets go of everything and ends each watch. Idempotent. */
  @Override
  void close();

  /**
   * What was seen: the accepted state and, read after it, the configuration. Immutable.
   *
   * @param stateLost whether the state is not there any more, or a foreign one is in its place
   * @param rest how long the configuration, which was edited, must rest before it is believed;
   *     empty: it is believed now
   * @param contentLost why the configuration is not believed until an operator acts, one sentence
   */
  record Seen(
      AcceptedState state,
      ConfigContent content,
      boolean stateLost,
      Optional<Duration> rest,
      Optional<String> contentLost) {

    /**
     * What was found, without a judgement on an edit.
     *
     * @param rung what the doorbell said before the state was read. It is raised after the state is
     *     committed, so an older state than this has gone back, and its successor would give a
     *     generation away a second time
     * @param known the state to go on from if none was found
     * @throws StoreException when the state is not the one that was committed last
     */
    public static Seen of(
        long rung, AcceptedState known, Optional<AcceptedState> found, ConfigContent content)
        throws StoreException {
      AcceptedState state = found.orElse(known);
      if (state.generation().value() < rung || !state.revision().sameHistory(known.revision())) {
        throw new StoreException(
            StoreException.Reason.OTHER,
            "the state file was lost or replaced while it was in use; stop all processes that use"
                + " the state directory");
      }
      return new Seen(state, content, found.isEmpty(), Optional.empty(), Optional.empty());
    }

    /** Whether the configuration is the accepted one. */
    public boolean fits() {
      return content.digest().equals(state.digest());
    }

    /** The same when another state has been committed for this configuration. */
    public Seen at(AcceptedState committed) {
      return new Seen(committed, content, false, Optional.empty(), Optional.empty());
    }

    /** Which file the configuration was read from. */
    public Optional<FileIdentity> file() {
      return content.stamp().map(FileStamp::identity);
    }
  }

  /**
   * A draft is what is to be accepted next. Immutable.
   *
   * @param state that follows the one that was seen
   * @param content the configuration that replaces the one that was seen; empty: that one stays
   * @param withdrawn whether nobody wants it any more: asked once, when everything is prepared that
   *     can fail and before the first step that others see
   */
  record Draft(AcceptedState state, Optional<ConfigContent> content, BooleanSupplier withdrawn) {}

  /** What became of a draft. */
  enum Outcome {
    /** It is the accepted state. */
    COMMITTED,
    /** Nothing was changed: what it was decided on is not there any more. */
    OVERTAKEN,
    /** Nothing was changed: nobody wants it any more. */
    WITHDRAWN
  }

  /** The store is held until it is closed. */
  interface Held extends AutoCloseable {
    @Override
    void close() throws StoreException;
  }

  /** A watch is a running {@link #watch}. */
  interface Watch extends AutoCloseable {

    /**
     * Why the operating system does not report changes at the moment, so that they are found by
     * looking only, as a sentence without its full stop; empty when it reports them. Never blocks.
     */
    default Optional<String> unwatched() {
      return Optional.empty();
    }

    /** Ends it. Idempotent. */
    @Override
    void close();
  }
}
