package io.datastored.access;

/**
 * Written rules are the text of rules with all that it takes to read it again. Immutable.
 *
 * @param source where they are from: {@link #BUILT_IN_SOURCE}, {@link #OPEN_SOURCE} or a path
 * @param names the users and groups that the text names
 */
record WrittenRules(String source, String text, KnownUsers names) {

  static final String BUILT_IN_SOURCE = "the built-in rules";
  static final String OPEN_SOURCE = "the rules of --open";

  /**
   * What holds without a rules file: programs work, nobody reconfigures. Documented in
   * docs/security.md.
   */
  static final WrittenRules BUILT_IN =
      new WrittenRules(
          BUILT_IN_SOURCE,
          """
          allow uid:*               user    *
          allow spiffe://*          user    *
          allow dns:*               user    *
          allow cn:*                user    *
          allow anonymous@loopback  user    *
          allow anonymous           reader  *
          """,
          KnownUsers.NONE);

  /** Rules for trials: everybody may do everything. */
  static final WrittenRules OPEN =
      new WrittenRules(OPEN_SOURCE, "allow * admin *\n", KnownUsers.NONE);

  /** Reads them; they are without fault. */
  Rules rules() {
    return RulesParser.parse(text, source, names).orElseThrow();
  }

  /** Whether both grant the same to everybody. */
  boolean grantsAs(WrittenRules other) {
    return text.equals(other.text) && names.equals(other.names);
  }
}
