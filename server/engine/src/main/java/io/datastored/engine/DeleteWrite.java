package io.datastored.engine;

import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.document.ConfigDocument;
import io.datastored.engine.WriteOutcome.Rejected;
import io.datastored.engine.WriteOutcome.Removed;
import io.datastored.file.StoreException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A delete write removes the section of a datastore that is in mode DELETE and that nobody works
 * on. Immutable. Nothing of the base directory is touched.
 *
 * @param inTheWay why the datastore is not to be removed yet, one sentence
 */
record DeleteWrite(
    DatastoreName name,
    Optional<Etag> expected,
    Function<ConsistentRead, Optional<String>> inTheWay,
    OperationTotals totals,
    Engine.Intent intent)
    implements Write {

  @Override
  public WriteOutcome run(Turn turn)
      throws StoreException, EditedMeanwhileException, WithdrawnException {
    Snapshot snapshot = turn.current();
    Optional<Rejected> refusal = Write.refusal(snapshot, name, expected);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    MaintenanceMode mode = snapshot.find(name).orElseThrow().maintenance().mode();
    if (mode != MaintenanceMode.DELETE) {
      return Write.rejected(
          Rejected.Reason.IN_USE,
          snapshot,
          name,
          "datastore '"
              + name
              + "' is in maintenance mode "
              + mode.word()
              + "; only one in mode delete is removed");
    }
    // Under the commit lock, on the snapshot that was brought up to date under it: until the
    // section is gone nobody can clear the mode and begin to work on the datastore.
    Optional<String> why = inTheWay.apply(totals.pass(name, snapshot));
    if (why.isPresent()) {
      return Write.rejected(Rejected.Reason.IN_USE, snapshot, name, why.get());
    }
    ConfigDocument next = turn.document().withoutSection(name);
    if (turn.preview(next, Map.of()).after().find(name).isPresent()) {
      return Write.rejected(
          Rejected.Reason.CONFIG_INVALID,
          snapshot,
          name,
          "the configuration file has a fault outside of any section, so no removal is believed;"
              + " mend it in the file first");
    }
    if (!intent.commits()) {
      return new Removed(snapshot.revision());
    }
    turn.save(next, Map.of(), intent);
    return new Removed(turn.current().revision());
  }
}
