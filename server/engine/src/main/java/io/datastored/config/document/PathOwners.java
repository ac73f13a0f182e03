package io.datastored.config.document;

import com.google.common.collect.ImmutableList;
import io.datastored.config.BasePath;
import io.datastored.config.DatastoreName;
import io.datastored.config.KeyIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Path owners are which datastore has each base path, faulty sections included. Immutable. A path
 * is spelled as {@link BasePath#key} does.
 */
final class PathOwners {

  private final KeyIndex<String> paths;
  private final ImmutableList<DatastoreName> owners;

  private PathOwners(KeyIndex<String> paths, ImmutableList<DatastoreName> owners) {
    this.paths = paths;
    this.owners = owners;
  }

  /** Returns the datastore that has a base path, or null. */
  @Nullable DatastoreName of(String path) {
    int place = paths.find(path);
    return place < 0 ? null : owners.get(place);
  }

  /** Returns the owner of the first path that a test, which is given both, holds of; or null. */
  @Nullable DatastoreName firstOf(BiPredicate<String, DatastoreName> test) {
    for (int place = 0; place < owners.size(); place++) {
      if (test.test(paths.key(place), owners.get(place))) {
        return owners.get(place);
      }
    }
    return null;
  }

  /** A builder collects claims. Confined to one thread. */
  static final class Builder {

    private final KeyIndex.Builder<String> paths;
    private final List<DatastoreName> owners;

    /**
     * @param expected how many paths there will be, about
     */
    Builder(int expected) {
      paths = new KeyIndex.Builder<>(expected);
      owners = new ArrayList<>(expected);
    }

    /** Gives a path to a datastore, unless another one has it, which is returned then. */
    @Nullable DatastoreName claim(String path, DatastoreName name) {
      int taken = paths.add(path);
      if (taken >= 0) {
        return owners.get(taken);
      }
      owners.add(name);
      return null;
    }

    public PathOwners build() {
      return new PathOwners(paths.build(), ImmutableList.copyOf(owners));
    }
  }
}
