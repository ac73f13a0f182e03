package io.datastored.admin.metric;

/** A sample takes the values of one metric at one moment. Confined to one thread. */
@FunctionalInterface
interface Sample {
  /**
   * @param labels a value for each label of the metric, in order
   */
  void set(double value, String... labels);
}
