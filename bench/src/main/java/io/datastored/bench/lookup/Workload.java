package io.datastored.bench.lookup;

import io.datastored.bench.lookup.LookupArm.Begun;
import io.datastored.config.DatastoreName;
import io.datastored.operation.Operation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A workload looks up the first M datastores N times each, to write. Immutable.
 *
 * @param datastores M
 * @param times N
 */
record Workload(int datastores, int times, Release release) {

  /** When handles are given back. */
  enum Release {
    /** Each before the next lookup. */
    EACH,
    /** Those of a datastore together, when it has been looked up N times. */
    IN_BULK
  }

  long operations() {
    return (long) datastores * times;
  }

  /** Runs it once; answers how long it took, in nanoseconds. */
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
