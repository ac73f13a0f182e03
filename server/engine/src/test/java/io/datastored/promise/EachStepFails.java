package io.datastored.promise;

import io.datastored.file.BreakableDisk;
import io.datastored.file.BreakableDisk.Step;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Lets each write to a file fail at each of its steps, one after the other, before it lets it
 * through. Confined to one test.
 */
final class EachStepFails implements BreakableDisk.Fault {

  private static final List<Step> STEPS =
      List.of(Step.CREATE, Step.WRITE, Step.SYNC, Step.RENAME, Step.SYNC_DIRECTORY);

  private int attempt = STEPS.size();

  @Override
  public void at(Step step, Path file) throws IOException {
    if (step == Step.CREATE) {
      attempt++;
    }
    if (STEPS.indexOf(step) == attempt % (STEPS.size() + 1)) {
      throw new IOException("Input/output error");
    }
  }
}
