package io.datastored.file;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A breakable disk is the real one with a test's hand on each step. Confined to one thread.
 *
 * <p>A step can fail, after which the rest goes on, or the process can be "killed" before a step,
 * after which no step does anything.
 */
public final class BreakableDisk implements DiskSteps {

  /** What is thrown in the place of a death. */
  public static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  /** A step, as it is called. */
  public enum Step {
    CREATE,
    WRITE,
    SYNC,
    LINK,
    RENAME,
    DELETE,
    SYNC_DIRECTORY
  }

  private final List<Step> steps = new ArrayList<>();
  private Consumer<Step> before = step -> {};
  private Step failing;
  private String failure = "";
  private int killAt = Integer.MAX_VALUE;

  /** Returns the steps that were asked for. */
  public List<Step> steps() {
    return steps;
  }

  /** Makes every step of a kind fail with the text of the system. */
  public BreakableDisk failAt(Step step, String text) {
    failing = step;
    failure = text;
    return this;
  }

  /** Lets the process die before the step of a number, from 0. */
  public BreakableDisk killAt(int number) {
    killAt = number;
    return this;
  }

  /** Does something before each step. */
  public BreakableDisk before(Consumer<Step> action) {
    before = action;
    return this;
  }

  private void enter(Step step) throws IOException {
    if (steps.size() >= killAt) {
      throw new Killed();
    }
    steps.add(step);
    before.accept(step);
    if (step == failing) {
      throw new IOException(failure);
    }
  }

  @Override
  public FileOutputStream create(Path file) throws IOException {
    enter(Step.CREATE);
    return REAL.create(file);
  }

  @Override
  public void write(FileOutputStream file, byte[] content) throws IOException {
    enter(Step.WRITE);
    REAL.write(file, content);
  }

  @Override
  public void sync(FileOutputStream file) throws IOException {
    enter(Step.SYNC);
    REAL.sync(file);
  }

  @Override
  public void link(Path existing, Path link) throws IOException {
    enter(Step.LINK);
    REAL.link(existing, link);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    enter(Step.RENAME);
    REAL.rename(from, to);
  }

  @Override
  public void delete(Path file) throws IOException {
    enter(Step.DELETE);
    REAL.delete(file);
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    enter(Step.SYNC_DIRECTORY);
    REAL.syncDirectory(directory);
  }
}
