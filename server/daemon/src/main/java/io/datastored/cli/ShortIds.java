package io.datastored.cli;

import com.google.common.base.Ascii;

/**
 * How ids are shortened in tables, so that these fit a terminal. Stateless. An id is found again by
 * how it begins.
 */
final class ShortIds {

  private static final int LENGTH = 12;

  private ShortIds() {}

  static String of(String id) {
    return id.length() <= LENGTH + 2 ? id : Ascii.truncate(id, LENGTH, "");
  }
}
