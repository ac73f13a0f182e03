package io.datastored.config.document;

/**
 * Limits are the maximum sizes that the API writes. Immutable. An edited file may exceed them, up
 * to {@link #FILE_BYTES}.
 */
public final class Limits {

  /** Characters of the value of any property. */
  public static final int VALUE = 4096;

  /** Unknown properties of one section. */
  public static final int OTHER_PROPERTIES = 64;

  /** Sections of a configuration. */
  public static final int SECTIONS = 200_000;

  /** Bytes of a configuration. */
  public static final int FILE_BYTES = 128 << 20;

  private Limits() {}
}
