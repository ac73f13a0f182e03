package io.datastored.admin;

import com.google.common.collect.ImmutableList;
import io.datastored.access.Rights;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** A readiness check is one condition for being ready. Thread-safe. */
interface ReadinessCheck {

  /** One word in lower case, by which a probe can leave it out. */
  String name();

  /**
   * Why the server is not ready, in plain words; empty if it is.
   *
   * @param rights of the one who gets the answer
   */
  Optional<String> fault(Rights rights);

  /**
   * Whether it was not passed the last time that it was made. Does not wait; has it made again if
   * that time is long ago.
   */
  boolean isFailing();

  /** A check that is passed if all of these are; the first fault counts. */
  static ReadinessCheck all(String name, List<? extends ReadinessCheck> parts) {
    ImmutableList<ReadinessCheck> all = ImmutableList.copyOf(parts);
    return new ReadinessCheck() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Optional<String> fault(Rights rights) {
        return all.stream().flatMap(part -> part.fault(rights).stream()).findFirst();
      }

      @Override
      public boolean isFailing() {
        // All of them: each is made again.
        return all.stream().filter(ReadinessCheck::isFailing).count() > 0;
      }
    };
  }

  /** A check that reads memory and says the same to everybody. */
  static ReadinessCheck of(String name, Supplier<Optional<String>> fault) {
    return new ReadinessCheck() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Optional<String> fault(Rights rights) {
        return fault.get();
      }

      @Override
      public boolean isFailing() {
        return fault.get().isPresent();
      }
    };
  }
}
