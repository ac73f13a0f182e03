package io.datastored.file;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * A breakable disk is the real one with a test's hand on each step. Thread-safe.
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

  /** A fault decides for each step whether it fails. */
  public interface Fault {

    /**
     * Throws if the step fails.
     *
     * @param file what is made, changed or removed; of a rename or link the new name
     */
    void at(Step step, Path file) throws IOException;
  }

  private final List<Step> steps = Collections.synchronizedList(new ArrayList<>());
  private final Map<FileOutputStream, Path> created = new ConcurrentHashMap<>();
  private volatile Consumer<Step> before = step -> {};
  private volatile Fault fault = (step, file) -> {};
  private volatile int killAt = Integer.MAX_VALUE;

  /** Returns the steps that were asked for. */
  public List<Step> steps() {
    return steps;
  }

  /** Makes steps fail by this rule only. */
  public BreakableDisk fail(Fault rule) {
    fault = rule;
    return this;
  }

  /** Makes every step of a kind, and no other, fail with the text of the system. */
  public BreakableDisk failAt(Step step, String text) {
    return fail(
        (entered, file) -> {
          if (entered == step) {
            throw new IOException(text);
          }
        });
  }

  /** Makes it a full disk, on which no file can be created. */
  public BreakableDisk fill() {
    return failAt(Step.CREATE, "No space left on device");
  }

  /** Makes it a disk that works. */
  public void heal() {
    fault = (step, file) -> {};
  }

  /** Lets the process die before the step of a number, from 0. */
  public BreakableDisk killAt(int number) {
    killAt = number;
    return this;
  }

  /** Does something before each step, and nothing else. */
  public BreakableDisk before(Consumer<Step> action) {
    before = action;
    return this;
  }

  /** Does something before each step of a kind, and nothing else. */
  public BreakableDisk before(Step step, Runnable action) {
    return before(
        entered -> {
          if (entered == step) {
            action.run();
          }
        });
  }

  private void enter(Step step, Path file) throws IOException {
    if (steps.size() >= killAt) {
      throw new Killed();
    }
    steps.add(step);
    before.accept(step);
    fault.at(step, file);
  }

  @Override
  public FileOutputStream create(Path file) throws IOException {
    enter(Step.CREATE, file);
    FileOutputStream stream = REAL.create(file);
    created.put(stream, file);
    return stream;
  }

  @Override
  public void write(FileOutputStream file, byte[] content) throws IOException {
    enter(Step.WRITE, created.get(file));
    REAL.write(file, content);
  }

  @Override
  public void sync(FileOutputStream file) throws IOException {
    enter(Step.SYNC, created.get(file));
    REAL.sync(file);
  }

  @Override
  public void link(Path existing, Path link) throws IOException {
    enter(Step.LINK, link);
    REAL.link(existing, link);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    enter(Step.RENAME, to);
    REAL.rename(from, to);
  }

  @Override
  public void delete(Path file) throws IOException {
    enter(Step.DELETE, file);
    REAL.delete(file);
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    enter(Step.SYNC_DIRECTORY, directory);
    REAL.syncDirectory(directory);
  }
}
