package io.datastored.lease;

/**
 * A limit is a bound that an ask met. Immutable.
 *
 * @param name as told to clients and operators: that of the option that raises it, such as {@code
 *     max-leases}
 * @param value the bound
 */
public record Limit(String name, long value) {

  @Override
  public String toString() {
    return name + " " + value;
  }
}
