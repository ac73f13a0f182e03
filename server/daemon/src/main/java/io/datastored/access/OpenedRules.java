package io.datastored.access;

import io.datastored.engine.health.Troubles;
import io.datastored.file.DiskSteps;
import io.datastored.file.StoreException;
import io.datastored.history.Revision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Opened rules are the rules that a server starts with, before it serves. Immutable.
 *
 * @param file where they are from; empty: they are part of the program
 * @param rules those that come into force
 * @param objection why they are not those of the file
 * @param keptFile where they are kept for the next start
 * @param kept those that were in force last
 * @param first whether nothing has been shown by any rules: the state directory is new
 */
public record OpenedRules(
    Optional<RulesFile> file,
    WrittenRules rules,
    Optional<String> objection,
    KeptRulesFile keptFile,
    Optional<KeptRules> kept,
    boolean first) {

  /**
   * Reads the rules. If the file has no good ones, those that were in force last are used, if they
   * are from the same file. Touches the disk.
   *
   * @param users for the names of users and groups in a file
   * @throws AccessStartException when there are no good rules
   * @throws StoreException when the state directory cannot be read
   */
  public static OpenedRules of(
      AccessOptions options, Path stateDirectory, Users users, DiskSteps disk, InstantSource clock)
      throws AccessStartException, StoreException {
    KeptRulesFile keptFile = new KeptRulesFile(stateDirectory, disk);
    Optional<KeptRules> kept = keptFile.load(clock);
    boolean first = Files.notExists(stateDirectory.resolve("state"));
    if (options.rules().isEmpty()) {
      WrittenRules rules = options.open() ? WrittenRules.OPEN : WrittenRules.BUILT_IN;
      return new OpenedRules(Optional.empty(), rules, Optional.empty(), keptFile, kept, first);
    }
    RulesFile file = new RulesFile(options.rules().get());
    Optional<WrittenRules> last =
        kept.map(KeptRules::rules).filter(rules -> rules.source().equals(file.toString()));
    RulesFile.Judgement judgement = file.judge(file.read(), users, last.map(WrittenRules::text));
    if (judgement instanceof RulesFile.Judgement.Good good) {
      return new OpenedRules(
          Optional.of(file), good.rules(), Optional.empty(), keptFile, kept, first);
    }
    String why = ((RulesFile.Judgement.Bad) judgement).why();
    if (last.isEmpty()) {
      throw new AccessStartException(
          "the rules cannot be used: %s; to see every fault, run: datastored check --access %s"
              .formatted(why, file));
    }
    return new OpenedRules(Optional.of(file), last.get(), Optional.of(why), keptFile, kept, first);
  }

  /**
   * Puts them in force, before anything is served.
   *
   * @param users for each later look at the file
   * @param newest the revision that is served
   * @return a look at their file, to be called again and again
   */
  public Runnable begin(
      Access access, Supplier<Users> users, Supplier<Revision> newest, Troubles troubles) {
    FollowedRules followed = new FollowedRules(this, access, users, newest, troubles);
    followed.begin(objection);
    return followed::look;
  }
}
