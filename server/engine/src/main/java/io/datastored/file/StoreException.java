package io.datastored.file;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/**
 * A store exception is thrown when a store cannot read or write. Its message is a sentence for the
 * operator. Immutable.
 */
public final class StoreException extends Exception {

  private static final long serialVersionUID = 1L;

  /** The kinds of failure. */
  public enum Reason {
    /** No space or quota is left. */
    DISK_FULL,
    /** The file system or this store is read-only. */
    READ_ONLY,
    /** This process lacks the permission. */
    PERMISSION,
    /** A directory or a prepared file no longer exists. */
    VANISHED,
    /** The configuration is missing, empty or truncated. */
    CONTENT_LOST,
    /** This process, or the system, has no file descriptor left. */
    DESCRIPTORS,
    /** It failed after a step that may have taken effect; a later look shows whether it did. */
    OUTCOME_UNKNOWN,
    /** The file or lock is in use elsewhere. */
    IN_USE,
    /** The store is elsewhere and does not answer; nothing was changed. */
    UNREACHABLE,
    /** Anything else, typically an input/output error of the device. */
    OTHER
  }

  private final Reason reason;
  private final String sentence;

  /** Creates an exception without a cause. */
  public StoreException(Reason reason, String message) {
    super(message);
    this.reason = reason;
    sentence = message;
  }

  private StoreException(Reason reason, String message, IOException cause) {
    super(message, cause);
    this.reason = reason;
    sentence = message;
  }

  /**
   * The exception for a failed step.
   *
   * @param action what was tried, after "cannot": {@code save}, {@code read}
   */
  public static StoreException of(String action, Path path, IOException cause) {
    Reason reason = reasonOf(cause);
    return new StoreException(
        reason, "cannot " + action + ' ' + path + ": " + words(reason, cause), cause);
  }

  /**
   * The exception for a step that failed after an earlier step took effect, or may have.
   *
   * @param done what has happened, or may have: a sentence
   */
  public static StoreException unknown(String done, String action, Path path, IOException cause) {
    return new StoreException(
        Reason.OUTCOME_UNKNOWN, done + ", but " + of(action, path, cause).getMessage(), cause);
  }

  /**
   * The exception for a failure after an earlier step took effect.
   *
   * @param done what has happened: a sentence
   */
  public static StoreException unknown(String done, StoreException after) {
    return new StoreException(
        Reason.OUTCOME_UNKNOWN,
        done + ", but " + after.getMessage(),
        after.getCause() instanceof IOException io ? io : new IOException(after));
  }

  private static Reason reasonOf(IOException cause) {
    if (cause instanceof AccessDeniedException) {
      return Reason.PERMISSION;
    }
    if (cause instanceof NoSuchFileException) {
      return Reason.VANISHED;
    }
    String text = String.valueOf(cause.getMessage());
    if (text.contains("No space left") || text.contains("uota exceeded")) {
      return Reason.DISK_FULL;
    }
    if (text.contains("Read-only file system")) {
      return Reason.READ_ONLY;
    }
    if (text.contains("Too many open files")) {
      return Reason.DESCRIPTORS;
    }
    if (text.contains("Permission denied") || text.contains("not permitted")) {
      return Reason.PERMISSION;
    }
    return text.contains("No such file") ? Reason.VANISHED : Reason.OTHER;
  }

  private static String words(Reason reason, IOException cause) {
    return switch (reason) {
      case DISK_FULL -> "no space is left";
      case READ_ONLY -> "the file system is read-only";
      case PERMISSION -> "this process lacks the permission";
      case VANISHED -> "a file or its directory is gone";
      case DESCRIPTORS -> "no file descriptor is left (too many open files)";
      case IN_USE -> "it is in use";
      case CONTENT_LOST, OUTCOME_UNKNOWN, UNREACHABLE, OTHER -> detail(cause);
    };
  }

  private static String detail(IOException cause) {
    if (cause instanceof FileAlreadyExistsException || cause instanceof NotDirectoryException) {
      return "a part of the path is not a directory";
    }
    String detail =
        cause instanceof FileSystemException ofFile ? ofFile.getReason() : cause.getMessage();
    return detail == null ? cause.getClass().getSimpleName() : detail;
  }

  /** The sentence for the operator. */
  @Override
  public String getMessage() {
    return sentence;
  }

  /** The kind of failure. */
  public Reason reason() {
    return reason;
  }
}
