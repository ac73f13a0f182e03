package io.datastored.access;

/**
 * An explanation is a role and the rule that it comes from. Immutable.
 *
 * @param role the role
 * @param rule the rule: {@code line 3 of the rules}, a built-in rule, or that there is none
 */
public record Explanation(Role role, String rule) {}
