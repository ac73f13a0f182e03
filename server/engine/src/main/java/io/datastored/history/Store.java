package io.datastored.history;

import io.datastored.file.FileIdentity;
import io.datastored.file.FileStamp;
import io.datastored.file.StoreException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * A store keeps one history: the accepted configuration, and the order in which it changed. It is
 * the seam for implementations in files, in memory for tests, or replicated. Thread-safe.
 *
 * <p>The order of a commit: configuration replaced → state replaced → {@link #doorbell} raised, by
 * the committing process. A look reads in the opposite order. The state is the truth.
 */
public interface Store extends AutoCloseable {

  /** How a look detects changes. */
  enum Look {
    /** By the stamps of files: a file whose stamp has not changed is not read again. */
    AT_STAMPS,
    /** By their content, which also detects writes that left the file times unchanged. */
    INSIDE
  }

  /** The state at the opening of the store. */
  AcceptedState initial();

  /**
   * Reads the accepted state and the configuration.
   *
   * @param known the state to continue from if the accepted one is lost
   * @throws StoreException also when the state is not the one that was committed last; with reason
   *     DESCRIPTORS when a change cannot be read for lack of file descriptors
   */
  Seen look(AcceptedState known, Look how) throws StoreException;

  /**
   * Prevents other commits of this process until it is closed; with files, those of all processes.
   * Whoever holds the store and looks sees everything that was committed before.
   *
   * @throws StoreException when another process holds the store for longer than {@code wait}
   */
  Held hold(Duration wait) throws StoreException;

  /**
   * Commits a draft, durably. The caller holds the store, and raises the doorbell afterwards.
   *
   * @param on what the draft is based on
   * @throws StoreException when it cannot be written. Nothing has changed then, unless the reason
   *     is OUTCOME_UNKNOWN; a later {@link #look} shows the outcome
   */
  Outcome commit(Seen on, Draft next) throws StoreException;

  /** For how long the current thread has waited for disks since it was started, in nanoseconds. */
  default long syncNanos() {
    return 0;
  }

  /**
   * Checks that {@code present} could be committed again now. Changes nothing.
   *
   * @throws StoreException when it could not
   */
  void probe(AcceptedState present) throws StoreException;

  /** The doorbell that announces a later state to every process of this history. */
  Doorbell doorbell();

  /**
   * Calls back whenever the configuration may have changed, whatever the cause, until the watch or
   * the store is closed. Best effort: there may be extra calls, and on some file systems none, so a
   * caller that must not miss a change also looks periodically. The callback must be quick and must
   * not throw.
   */
  Watch watch(Runnable mayHaveChanged);

  /**
   * Checks that the configuration can be replaced.
   *
   * @throws StoreException when it cannot; the message has the reason and what to do
   */
  void requireWritable() throws StoreException;

  /** The location of the configuration, for display. */
  String describe();

  /** Releases everything and ends each watch. Idempotent. */
  @Override
  void close();

  /**
   * The result of a look: the accepted state and, read after it, the configuration. Immutable.
   *
   * @param stateLost whether the state is missing, or was replaced by a foreign one
   * @param rest how long the edited configuration must still be unchanged before it is accepted;
   *     empty: it is accepted now
   * @param contentLost why the configuration is not accepted until an operator acts, in one
   *     sentence
   */
  record Seen(
      AcceptedState state,
      ConfigContent content,
      boolean stateLost,
      Optional<Duration> rest,
      Optional<String> contentLost) {

    /**
     * The result of a look, before an edit is judged.
     *
     * @param rung the doorbell, read before the state. It is raised after the state is committed,
     *     so a state older than this has been rolled back, and its successor would assign a
     *     generation a second time
     * @param known the state to continue from if none was found
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

    /**
     * Refuses content that is not accepted until an operator acts.
     *
     * @throws StoreException with reason CONTENT_LOST
     */
    public void requireContent() throws StoreException {
      if (contentLost.isPresent()) {
        throw new StoreException(StoreException.Reason.CONTENT_LOST, contentLost.get());
      }
    }

    /** This result after another state was committed for this configuration. */
    public Seen at(AcceptedState committed) {
      return new Seen(committed, content, false, Optional.empty(), Optional.empty());
    }

    /** The file from which the configuration was read. */
    public Optional<FileIdentity> file() {
      return content.stamp().map(FileStamp::identity);
    }
  }

  /**
   * A draft is the input of a commit. Immutable.
   *
   * @param state the successor of the state that was seen
   * @param content the configuration that replaces the one that was seen; empty: it stays
   * @param withdrawn whether the caller has given up: called once, after all preparations that can
   *     fail and before the first visible step
   * @param aside what a commit may run while its outcome is unknown
   */
  record Draft(
      AcceptedState state,
      Optional<ConfigContent> content,
      BooleanSupplier withdrawn,
      Aside aside) {

    /** A draft of a caller that keeps nobody waiting. */
    public Draft(AcceptedState state, Optional<ConfigContent> content, BooleanSupplier withdrawn) {
      this(state, content, withdrawn, Question::ask);
    }
  }

  /**
   * Lets other threads go on while a question is asked that may take seconds. They may look, adopt
   * what they see, and commit; so when it is answered, the committed state may be a later one.
   */
  @FunctionalInterface
  interface Aside {
    <T> T run(Question<T> question) throws StoreException;
  }

  /**
   * A question that a store asks another server.
   *
   * @param <T> the answer
   */
  @FunctionalInterface
  interface Question<T> {
    T ask() throws StoreException;
  }

  /** The result of a commit. */
  enum Outcome {
    /** The draft is the accepted state. */
    COMMITTED,
    /** Nothing was changed: the draft is based on an outdated configuration. */
    OVERTAKEN,
    /** Nothing was changed: the caller has given up. */
    WITHDRAWN
  }

  /** A held store, released by closing it. */
  interface Held extends AutoCloseable {
    @Override
    void close() throws StoreException;
  }

  /** A watch is an active {@link #watch}. */
  interface Watch extends AutoCloseable {

    /**
     * Why the operating system does not report changes at the moment, so that they are found only
     * by periodic looks; a sentence without its full stop. Empty if it reports them. Never blocks.
     */
    default Optional<String> unwatched() {
      return Optional.empty();
    }

    /** Ends the watch. Idempotent. */
    @Override
    void close();
  }
}
