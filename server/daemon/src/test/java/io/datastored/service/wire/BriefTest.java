package io.datastored.service.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.BadRequest;
import com.google.rpc.BadRequest.FieldViolation;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import io.datastored.access.AuditTrail;
import io.datastored.history.Generation;
import io.datastored.history.Incarnation;
import io.datastored.history.Revision;
import io.datastored.service.call.AuditLog;
import io.grpc.InternalMetadata;
import io.grpc.InternalStatus;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class BriefTest {
  /** What grpc-java accepts by default; others accept more. */
  private static final int ACCEPTED = 8192;

  private static final Revision REVISION =
      new Revision(new Incarnation("0123456789abcdef"), new Generation(7));

  private final Refusals refusals =
      new Refusals(
          () -> REVISION, InstantSource.system(), new Random(1), new AuditLog(AuditTrail.NONE));

  @Test
  void faults_manyLongOnes_areFiftyAtMostAndACount() {
    var faults = new RequestFaults();
    for (int fault = 0; fault < 120_000; fault++) {
      faults.add("update_mask[" + fault + "]", "no");
    }
    Refusal refusal =
        (Refusal) org.assertj.core.api.Assertions.catchThrowable(() -> faults.throwIfAny(refusals));

    BadRequest told = detail(refusal, BadRequest.class);
    assertThat(told.getFieldViolationsCount()).isEqualTo(51);
    assertThat(told.getFieldViolations(50).getDescription())
        .isEqualTo("119950 more faults are not listed");
    assertThat(refusal.getStatus().getDescription()).contains("and 119999 more");
    assertThat(trailers(refusal)).isLessThan(ACCEPTED / 2);
  }

  @Test
  void faults_ofTheLongestAndWorstWords_fitWhatClientsAccept() {
    for (String letter : new String[] {"x", "%", "ü", "\ud83d\ude00", "\u009b", "\n", "\u202e"}) {
      FieldViolation worst =
          FieldViolation.newBuilder()
              .setField(letter.repeat(5_000))
              .setDescription(letter.repeat(5_000))
              .build();
      Refusal refusal = refusals.invalid(Collections.nCopies(60, worst), 120_000);

      assertThat(detail(refusal, BadRequest.class).getFieldViolationsCount()).isBetween(5, 51);
      assertThat(trailers(refusal)).isLessThan(ACCEPTED * 3 / 4);
    }
  }

  @Test
  void info_valuesAreCutAndOnOneLineEach() {
    RefusalRow row =
        RefusalRow.of(
            Code.UNAVAILABLE,
            "a\u009bb\n",
            ErrorInfo.newBuilder()
                .putMetadata("detail", "x".repeat(100_000))
                .putMetadata("message", "\ud83d\ude00".repeat(64))
                .putMetadata("set_by", "a\nwho=\"b\""));
    Refusal refusal = row.refusal();

    ErrorInfo info = detail(refusal, ErrorInfo.class);
    assertThat(info.getMetadataOrThrow("detail")).hasSize(256).endsWith("...");
    assertThat(info.getMetadataOrThrow("message")).isEqualTo("\ud83d\ude00".repeat(64));
    assertThat(info.getMetadataOrThrow("set_by")).isEqualTo("a\\u{a}who=\"b\"");
    assertThat(refusal.getStatus().getDescription()).isEqualTo("a\\u{9b}b\\u{a}");
    assertThat(Code.forNumber(refusal.getStatus().getCode().value())).isEqualTo(Code.UNAVAILABLE);
  }

  private static <D extends com.google.protobuf.Message> D detail(
      StatusRuntimeException refusal, Class<D> kind) {
    return StatusProto.fromThrowable(refusal).getDetailsList().stream()
        .filter(any -> any.is(kind))
        .map(
            any -> {
              try {
                return any.unpack(kind);
              } catch (com.google.protobuf.InvalidProtocolBufferException e) {
                throw new AssertionError(e);
              }
            })
        .findFirst()
        .orElseThrow();
  }

  /** As HTTP/2 counts a list of headers: names, values, and 32 for each. */
  private static int trailers(StatusRuntimeException refusal) {
    Metadata trailers = new Metadata();
    trailers.merge(refusal.getTrailers());
    trailers.put(InternalStatus.CODE_KEY, refusal.getStatus());
    trailers.put(InternalStatus.MESSAGE_KEY, refusal.getStatus().getDescription());
    int size = 0;
    byte[][] serialized = InternalMetadata.serialize(trailers);
    for (int at = 0; at < serialized.length; at += 2) {
      boolean binary = new String(serialized[at], StandardCharsets.US_ASCII).endsWith("-bin");
      int value = serialized[at + 1].length;
      size += serialized[at].length + (binary ? (value + 2) / 3 * 4 : value) + 32;
    }
    return size;
  }
}
