package io.datastored.cli.view;

import com.google.common.base.Ascii;

/**
 * How ids are shortened in tables, so that these fit a terminal. Stateless. An id is found again by
 * how it begins.
 */
public final class ShortIds {

  private static final int LENGTH = 12;

  private ShortIds() {}

  public static String of(String id) {
    return id.length() <= LENGTH + 2 ? id : Ascii.truncate(id, LENGTH, "");
  }
}
