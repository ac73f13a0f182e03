package io.datastored.access;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** A role is a level of rights; each includes those before it. */
public enum Role {
  /** Nothing at all: the datastore looks as if it did not exist. */
  NONE,
  /** Sees that a datastore exists and whether it is in service. */
  READER,
  /** Also reads and writes, and sees the settings and the base path. */
  USER,
  /** Also sets modes and drains, and sees who uses a datastore. */
  OPERATOR,
  /** Also changes the configuration. */
  ADMIN;

  /** The word in rules and messages. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether it includes another role. */
  public boolean includes(Role other) {
    return compareTo(other) >= 0;
  }

  /** Whether it is enough to do something. */
  public boolean may(Verb verb) {
    return includes(verb.least());
  }

  /** The role with this word; a rule never names {@link #NONE}. */
  static Optional<Role> parse(String word) {
    return Arrays.stream(values())
        .filter(role -> role != NONE && role.word().equals(word))
        .findFirst();
  }

  static Role higher(Role one, Role other) {
    return one.includes(other) ? one : other;
  }

  static Role lower(Role one, Role other) {
    return one.includes(other) ? other : one;
  }

  /** What is left when this role is denied. */
  Role below() {
    return this == NONE ? NONE : values()[ordinal() - 1];
  }
}
