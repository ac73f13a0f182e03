package io.datastored.access;

/**
 * A limit is a bound on something that clients take up. Immutable.
 *
 * @param name as shown to clients and operators: the name of the option that raises it, such as
 *     {@code max-leases}
 * @param value the bound, at least 1
 */
public record Limit(String name, long value) {

  @Override
  public String toString() {
    return name + " " + value;
  }
}
