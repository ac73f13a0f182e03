package io.datastored.access;

import com.google.common.collect.ImmutableList;
import java.nio.ByteBuffer;

/**
 * An audit batch is the lines that are written together.
 *
 * @param lines each with its line feed
 */
record AuditBatch(ImmutableList<byte[]> lines) {

  static AuditBatch of(ImmutableList<AuditQueue.Entry> entries, AuditLine line) {
    return new AuditBatch(
        entries.stream()
            .map(entry -> line.of(entry.event(), entry.time()))
            .collect(ImmutableList.toImmutableList()));
  }

  ByteBuffer bytes() {
    ByteBuffer all = ByteBuffer.allocate(lines.stream().mapToInt(line -> line.length).sum());
    lines.forEach(all::put);
    return all.flip();
  }

  /** The number of lines that are whole within the first bytes of the batch. */
  int wholeWithin(int bytes) {
    int end = 0;
    for (int whole = 0; whole < lines.size(); whole++) {
      end += lines.get(whole).length;
      if (end > bytes) {
        return whole;
      }
    }
    return lines.size();
  }
}
