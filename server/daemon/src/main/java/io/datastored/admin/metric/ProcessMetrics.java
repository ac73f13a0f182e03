package io.datastored.admin.metric;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;

/** Process metrics are about the Java process. Stateless. */
final class ProcessMetrics {
  private ProcessMetrics() {}

  static void addTo(Readers readers) {
    readers.add(
        Metric.MEMORY,
        sample -> {
          var memory = ManagementFactory.getMemoryMXBean();
          sample.set(memory.getHeapMemoryUsage().getUsed(), "heap");
          sample.set(memory.getNonHeapMemoryUsage().getUsed(), "nonheap");
          for (BufferPoolMXBean pool :
              ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            // There is also one for mappings that are not byte addressable.
            if (pool.getName().equals("direct") || pool.getName().equals("mapped")) {
              sample.set(pool.getMemoryUsed(), pool.getName());
            }
          }
        });
    readers.add(
        Metric.MEMORY_LIMIT,
        sample ->
            sample.set(ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getMax(), "heap"));
    readers.add(
        Metric.GC_COUNT,
        sample ->
            ManagementFactory.getGarbageCollectorMXBeans()
                .forEach(gc -> sample.set(gc.getCollectionCount(), gc.getName())));
    readers.add(
        Metric.GC_TIME,
        sample -> {
          for (GarbageCollectorMXBean gc : ManagementFactory.getGarbageCollectorMXBeans()) {
            sample.set(gc.getCollectionTime() / 1e3, gc.getName());
          }
        });
    readers.value(Metric.THREADS, () -> ManagementFactory.getThreadMXBean().getThreadCount());
    readers.value(Metric.STARTED, () -> ManagementFactory.getRuntimeMXBean().getStartTime() / 1e3);
    readers.add(Metric.CPU, sample -> system(sample, system -> system.getProcessCpuTime() / 1e9));
    readers.add(
        Metric.FDS,
        sample -> system(sample, UnixOperatingSystemMXBean::getOpenFileDescriptorCount));
    readers.add(
        Metric.MAX_FDS,
        sample -> system(sample, UnixOperatingSystemMXBean::getMaxFileDescriptorCount));
  }

  private static void system(
      Sample sample, java.util.function.ToDoubleFunction<UnixOperatingSystemMXBean> value) {
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
      sample.set(value.applyAsDouble(unix));
    }
  }
}
