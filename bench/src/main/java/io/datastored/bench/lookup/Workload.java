package io.datastored.bench.lookup;

import io.datastored.bench.lookup.LookupArm.Begun;
import io.datastored.config.DatastoreName;
import io.datastored.operation.Operation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A workload is N WRITE lookups of each of the first M datastores. Immutable.
 *
 * @param datastores M
 * @param times N
 */
record Workload(int datastores, int times, Release release) {

  /** When handles are released. */
  enum Release {
    /** Each handle before the next lookup. */
    EACH,
    /** All handles of a datastore after its N lookups. */
    IN_BULK
  }

  long operations() {
    return (long) datastores * times;
  }

  /** Runs the workload once; the result is its duration in nanoseconds. */
  long run(LookupArm arm, List<DatastoreName> names) throws IOException {
    long begun = System.nanoTime();
    for (DatastoreName name : names.subList(0, datastores)) {
      if (release == Release.EACH) {
        for (int i = 0; i < times; i++) {
          arm.begin(name, Operation.WRITE).close();
        }
      } else {
        List<Begun> held = new ArrayList<>(times);
        for (int i = 0; i < times; i++) {
          held.add(arm.begin(name, Operation.WRITE));
        }
        for (Begun one : held) {
          one.close();
        }
      }
    }
    return System.nanoTime() - begun;
  }
}
