package io.datastored.lease;

/**
 * A limit is a bound that a request has reached. Immutable.
 *
 * @param name as shown to clients and operators: the name of the option that raises it, such as
 *     {@code max-leases}
 * @param value the bound
 */
public record Limit(String name, long value) {

  @Override
  public String toString() {
    return name + " " + value;
  }
}
