package io.datastored.access;

import io.datastored.access.RulesFile.Found;
import io.datastored.access.RulesFile.Judgement;
import io.datastored.engine.health.TroubleCause;
import io.datastored.engine.health.Troubles;
import io.datastored.file.StoreException;
import io.datastored.history.Revision;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Followed rules are the rules of a running server, which looks at their file again and again, and
 * puts each good text in force. Confined to one thread at a time: that of the start, then that of
 * the looks.
 *
 * <p>A text is used when two looks in a row have found it, because half of it may be read while it
 * is written. While the file has no good text, the last good one stays in force. It is also kept in
 * the state directory, for a restart.
 */
final class FollowedRules {

  private static final Logger log = LoggerFactory.getLogger(FollowedRules.class);

  /** Names of users and groups are looked up again after so many looks. */
  static final int LOOKS_PER_LOOKUP = 30;

  private static final String KEPT = "kept";

  private final Optional<RulesFile> file;
  private final KeptRulesFile keptFile;
  private final Access access;
  private final Supplier<Users> users;
  private final Supplier<Revision> newest;
  private final Troubles troubles;

  /** What is on the disk. */
  private Optional<KeptRules> kept;

  /** What is in force, and since when. */
  private KeptRules present;

  private @Nullable Found seen;
  private @Nullable Found judged;

  /** Since the names were looked up. */
  private int looks;

  FollowedRules(
      OpenedRules opened,
      Access access,
      Supplier<Users> users,
      Supplier<Revision> newest,
      Troubles troubles) {
    this.file = opened.file();
    this.keptFile = opened.keptFile();
    this.kept = opened.kept();
    this.access = access;
    this.users = users;
    this.newest = newest;
    this.troubles = troubles;
    this.present =
        kept.filter(last -> last.rules().grantsAs(opened.rules()))
            .map(last -> new KeptRules(opened.rules(), last.changedAt()))
            .orElseGet(
                () ->
                    new KeptRules(opened.rules(), opened.first() ? KeptRules.NEVER : newest.get()));
  }

  void begin(Optional<String> objection) {
    keep();
    Rules rules = present.rules().rules();
    access.use(rules, present.changedAt());
    objection.ifPresent(this::object);
    log.atInfo()
        .addKeyValue("rules", rules)
        .addKeyValue("count", rules.size())
        .addKeyValue("sha256", rules.digest())
        .addKeyValue("since", present.changedAt())
        .log("rules in force");
  }

  /** Looks at the file once. Touches the disk, and asks the system about users. */
  void look() {
    keep();
    file.ifPresent(this::look);
  }

  private void look(RulesFile from) {
    Found found = from.read();
    boolean atRest = found.equals(seen);
    seen = found;
    looks++;
    if (!atRest || (found.equals(judged) && looks < LOOKS_PER_LOOKUP)) {
      return;
    }
    judged = found;
    looks = 0;
    Judgement judgement = from.judge(found, users.get(), Optional.of(present.rules().text()));
    if (judgement instanceof Judgement.Good good) {
      if (!good.rules().grantsAs(present.rules())) {
        change(good.rules());
      }
      troubles.clear(TroubleCause.ACCESS);
    } else {
      object(((Judgement.Bad) judgement).why());
    }
  }

  private void change(WrittenRules next) {
    Rules rules = next.rules();
    // Kept first: if this process is killed here, the next one does not fall back on older rules.
    present = new KeptRules(next, newest.get());
    keep();
    access.use(rules, present.changedAt());
    Revision now = newest.get();
    if (!now.equals(present.changedAt())) {
      // Something was published in between, and may have been shown by the earlier rules.
      present = new KeptRules(next, now);
      keep();
      access.use(rules, now);
    }
    log.atInfo()
        .addKeyValue("rules", rules)
        .addKeyValue("count", rules.size())
        .addKeyValue("sha256", rules.digest())
        .addKeyValue("revision", now)
        .log("rules changed");
  }

  /** Writes what is in force to the disk, if it is not there. */
  private void keep() {
    if (kept.filter(present::equals).isPresent()) {
      return;
    }
    try {
      keptFile.save(present);
      kept = Optional.of(present);
      troubles.clear(TroubleCause.ACCESS, KEPT);
    } catch (StoreException e) {
      // They are in force all the same: new rules may take rights away.
      troubles.raise(
          TroubleCause.ACCESS,
          KEPT,
          "the rules in force could not be saved for a restart: " + e.getMessage());
    }
  }

  private void object(String why) {
    troubles.raise(
        TroubleCause.ACCESS,
        "%s; the last good rules stay in force. To see every fault, run: datastored check --access %s"
            .formatted(why, file.orElseThrow()));
  }
}
