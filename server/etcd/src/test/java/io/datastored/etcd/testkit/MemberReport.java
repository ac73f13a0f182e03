package io.datastored.etcd.testkit;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A member's report is what it says about itself and its leader. Immutable.
 *
 * @param member its id, unsigned
 * @param leader whom it follows, or 0
 * @param term raft's
 * @param revision of the newest commit that it has applied
 */
public record MemberReport(long member, long leader, long term, long revision) {

  static MemberReport of(String json) {
    return new MemberReport(
        number(json, "member_id"),
        number(json, "leader"),
        number(json, "raft_term"),
        number(json, "revision"));
  }

  /** A number that is 0 is not there. */
  private static long number(String json, String field) {
    Matcher found = Pattern.compile('"' + field + "\":\"([0-9]+)\"").matcher(json);
    return found.find() ? Long.parseUnsignedLong(found.group(1)) : 0;
  }
}
