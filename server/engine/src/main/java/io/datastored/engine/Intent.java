package io.datastored.engine;

import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * An intent is the purpose of a write, and what must hold until it is committed: its caller still
 * wants it, and it can be recorded. Immutable.
 */
public final class Intent {

  /** Change the configuration. */
  public static final Intent COMMIT =
      new Intent(WriteStep.Purpose.COMMIT, () -> false, Optional::empty);

  /** Report what would happen, but change nothing. */
  public static final Intent VALIDATE_ONLY =
      new Intent(WriteStep.Purpose.PREVIEW, () -> false, Optional::empty);

  private final WriteStep.Purpose purpose;
  private final BooleanSupplier withdrawn;
  private final Supplier<Optional<String>> unrecorded;

  private Intent(
      WriteStep.Purpose purpose, BooleanSupplier withdrawn, Supplier<Optional<String>> unrecorded) {
    this.purpose = purpose;
    this.withdrawn = withdrawn;
    this.unrecorded = unrecorded;
  }

  /**
   * This intent, abandoned if its caller goes away before the commit begins: the write stops
   * waiting for other writes and changes nothing.
   *
   * @param gone checked from time to time, and right before the commit
   */
  public Intent unless(BooleanSupplier gone) {
    return new Intent(purpose, gone, unrecorded);
  }

  /**
   * This intent, for changes that must be recorded: refused while they cannot be, unless the change
   * only sets a mode that refuses more.
   *
   * @param obstacle why changes cannot be recorded now, in one sentence; called right before the
   *     commit, and must not block
   */
  public Intent recorded(Supplier<Optional<String>> obstacle) {
    return new Intent(purpose, withdrawn, obstacle);
  }

  WriteStep.Purpose purpose() {
    return purpose;
  }

  BooleanSupplier withdrawn() {
    return withdrawn;
  }

  Supplier<Optional<String>> unrecorded() {
    return unrecorded;
  }

  /** Whether it changes the configuration. */
  public boolean commits() {
    return purpose == WriteStep.Purpose.COMMIT;
  }
}
