package io.datastored.admin;

import com.google.common.collect.ImmutableListMultimap;

/**
 * A question is one request to the admin listener that was let in. Immutable.
 *
 * @param looker who asks
 * @param detail how much the answer may say
 * @param accept the formats that are accepted, as in HTTP; may be empty
 * @param parameters the values of each parameter of the URL, in order
 */
record Question(
    Looker looker, Detail detail, String accept, ImmutableListMultimap<String, String> parameters) {

  /** How much an answer may say. */
  enum Detail {
    /** Yes or no: the answer can be read on its way. */
    NONE,
    /** Also the reasons, as far as the looker may see them. */
    REASONS
  }
}
