package io.datastored.service.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.v1.Datastore;
import io.datastored.v1.ListDatastoresResponse;
import io.datastored.v1.Revision;
import org.junit.jupiter.api.Test;

final class PageTest {
  private static final int FIELD = ListDatastoresResponse.DATASTORES_FIELD_NUMBER;

  @Test
  void add_entriesReached_isFull() {
    var page = new Page<Datastore>(FIELD, 2, 0);

    assertThat(page.add(sized(10))).isTrue();
    assertThat(page.add(sized(10))).isTrue();
    assertThat(page.add(sized(10))).isFalse();
    assertThat(page.entries()).hasSize(2);
  }

  @Test
  void add_bytesReached_encodedAnswerStaysBelowAMegabyte() {
    var page = new Page<Datastore>(FIELD, 1000, 0);
    while (page.add(sized(10_007))) {}

    ListDatastoresResponse answer =
        ListDatastoresResponse.newBuilder()
            .addAllDatastores(page.entries())
            .setNextPageToken("t".repeat(80))
            .setRevision(
                Revision.newBuilder()
                    .setIncarnation("0123456789abcdef")
                    .setGeneration(Long.MAX_VALUE))
            .build();

    assertThat(answer.getSerializedSize()).isBetween(Page.MOST_BYTES - 10_200, Page.MOST_BYTES);
  }

  @Test
  void add_firstIsTooLarge_isTakenAlone() {
    var page = new Page<Datastore>(FIELD, 1000, 0);

    assertThat(page.add(sized(2 << 20))).isTrue();
    assertThat(page.add(sized(1))).isFalse();
  }

  private static Datastore sized(int bytes) {
    return Datastore.newBuilder().setName("x".repeat(bytes)).build();
  }
}
