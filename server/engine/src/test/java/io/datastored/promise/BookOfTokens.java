package io.datastored.promise;

import com.google.common.collect.ImmutableList;
import io.datastored.config.DatastoreName;
import io.datastored.operation.Operation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** A promise book that has nothing but tokens. */
abstract class BookOfTokens implements PromiseBook {

  @Override
  public boolean allows(Duration ttl) {
    return false;
  }

  @Override
  public void promise(Duration ttl) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long floor(DatastoreName datastore, Operation operation) {
    return 0;
  }

  @Override
  public ImmutableList<Optional<Path>> grounds(DatastoreName datastore, FencingToken token) {
    return ImmutableList.of();
  }

  @Override
  public Continuations continuations() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void settle(Duration sinceOpening) {}
}
