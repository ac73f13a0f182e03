package io.datastored.cli.view;

import com.google.common.base.Ascii;

/**
 * Short ids are ids shortened so that tables fit a terminal. Stateless. A beginning is enough to
 * find an id.
 */
public final class ShortIds {

  private static final int LENGTH = 12;

  private ShortIds() {}

  public static String of(String id) {
    return id.length() <= LENGTH + 2 ? id : Ascii.truncate(id, LENGTH, "");
  }
}
