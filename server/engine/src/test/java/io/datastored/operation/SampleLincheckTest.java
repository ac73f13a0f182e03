package io.datastored.operation;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/**
 * Sample, until the counters have theirs. Lincheck's model checker knows no VarHandle of a byte
 * buffer, not even behind a guarantee: it is shown the algorithm on cells of the heap, and the
 * mapped cells are tried in stress mode.
 */
final class SampleLincheckTest {

  interface Cells {
    long add(int index);

    long get(int index);
  }

  static final class HeapCells implements Cells {
    private final AtomicLongArray cells = new AtomicLongArray(16);

    @Override
    public long add(int index) {
      return cells.incrementAndGet(index);
    }

    @Override
    public long get(int index) {
      return cells.get(index);
    }
  }

  static final class BufferCells implements Cells {
    private static final VarHandle LONGS =
        MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private final ByteBuffer page = ByteBuffer.allocateDirect(128).alignedSlice(Long.BYTES);

    @Override
    public long add(int index) {
      return (long) LONGS.getAndAdd(page, index * Long.BYTES, 1L) + 1;
    }

    @Override
    public long get(int index) {
      return (long) LONGS.getVolatile(page, index * Long.BYTES);
    }
  }

  public static final class OnTheHeap {
    private final Cells cells = new HeapCells();

    @Operation
    public long add() {
      return cells.add(0);
    }

    @Operation
    public long get() {
      return cells.get(0);
    }
  }

  public static final class OnABuffer {
    private final Cells cells = new BufferCells();

    @Operation
    public long add() {
      return cells.add(0);
    }

    @Operation
    public long get() {
      return cells.get(0);
    }
  }

  @Test
  void add_ofHeapCells_isLinearizable() {
    new ModelCheckingOptions().iterations(20).invocationsPerIteration(500).check(OnTheHeap.class);
  }

  @Test
  void add_ofBufferCells_isLinearizable() {
    new StressOptions().iterations(10).invocationsPerIteration(500).check(OnABuffer.class);
  }
}
