package io.datastored.operation;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Sample, until the counters have theirs: "count, then look again" against "ring, then count". */
@JCStressTest
@Outcome(id = "0, 0", expect = Expect.FORBIDDEN, desc = "each missed the other")
@Outcome(expect = Expect.ACCEPTABLE)
@State
public class SampleStress {

  private static final VarHandle LONGS =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private final ByteBuffer page = ByteBuffer.allocateDirect(256).alignedSlice(64);

  @Actor
  public void lookup(II_Result r) {
    long before = (long) LONGS.getAndAdd(page, 0, 1L);
    r.r1 = (int) ((long) LONGS.getVolatile(page, 64) + before);
  }

  @Actor
  public void drain(II_Result r) {
    LONGS.setVolatile(page, 64, 1L);
    r.r2 = (int) (long) LONGS.getVolatile(page, 0);
  }
}
