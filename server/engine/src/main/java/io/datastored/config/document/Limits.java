package io.datastored.config.document;

/**
 * Limits are how much of something the API writes. Immutable. A file that somebody edits may hold
 * more, up to {@link #FILE_BYTES}.
 */
public final class Limits {

  /** Characters of the value of any property. */
  public static final int VALUE = 4096;

  /** Properties of one section that this version does not know. */
  public static final int OTHER_PROPERTIES = 64;

  /** Sections of a configuration. */
  public static final int SECTIONS = 200_000;

  /** Bytes of a configuration. */
  public static final int FILE_BYTES = 128 << 20;

  private Limits() {}
}
