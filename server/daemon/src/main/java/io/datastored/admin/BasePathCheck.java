package io.datastored.admin;

import io.datastored.access.Rights;
import io.datastored.access.Verb;
import io.datastored.config.DatastoreName;
import io.datastored.engine.Engine;
import io.datastored.engine.health.TroubleCause;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The base path check fails while the file system of a datastore does not answer. Immutable. It
 * reads what is known: a hung file system is noticed by the calls that need it.
 */
record BasePathCheck(Engine engine) implements ReadinessCheck {
  private static final int MOST_NAMED = 5;

  @Override
  public String name() {
    return "base-paths";
  }

  @Override
  public boolean isFailing() {
    return !engine.troubles().datastoresWith(TroubleCause.BASE_PATH).isEmpty();
  }

  @Override
  public Optional<String> fault(Rights rights) {
    List<DatastoreName> hung = engine.troubles().datastoresWith(TroubleCause.BASE_PATH);
    if (hung.isEmpty()) {
      return Optional.empty();
    }
    List<String> named =
        hung.stream()
            .filter(name -> rights.allow(Verb.SEE, name))
            .limit(MOST_NAMED)
            .map(DatastoreName::value)
            .toList();
    int others = hung.size() - named.size();
    String which =
        named.stream().collect(Collectors.joining(", "))
            + (others == 0 ? "" : (named.isEmpty() ? "" : " and ") + others + " more");
    return Optional.of("the file system does not answer for datastore " + which);
  }
}
