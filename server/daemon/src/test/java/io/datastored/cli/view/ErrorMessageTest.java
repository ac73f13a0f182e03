package io.datastored.cli.view;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import io.datastored.cli.ScriptedServer;
import io.datastored.v1.ErrorReason;
import io.grpc.Status;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class ErrorMessageTest {

  private static final ServerAddress SERVER = ServerAddress.parse("127.0.0.1:7400");

  private static String sentence(String reason, Map<String, String> metadata) {
    return ErrorMessage.of(
            SERVER, ScriptedServer.refusal(Status.Code.FAILED_PRECONDITION, reason, metadata))
        .sentence();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          NOT_UNDER_MAINTENANCE | datastore=main | Set a mode first: datastored maintenance set main MODE --drain
          DATASTORE_IN_USE | datastore=main,operations=,sessions= | First: datastored maintenance set main delete --drain
          DATASTORE_IN_USE | datastore=main,operations=3,sessions=0 | Wait for them: datastored maintenance drain main
          DATASTORE_IN_USE | datastore=main,operations=0,sessions=0 | after a restart leases may still be continued
          MODE_CHANGE_REFUSED | datastore=main,mode=DELETE,message=,since=,set_by=,etag=e1 | datastored maintenance clear main --etag e1
          SESSION_NOT_FOUND | recovering=true | open it again with the same id, then continue its leases
          SESSION_NOT_FOUND | recovering=false | it has ended, and its leases with it
          QUOTA_EXCEEDED | limit=sessions,value=100000 | limit sessions (100000) is reached: release something
          QUOTA_EXCEEDED | limit=max-drains,value=100,principal=uid:7,share=80 | uid:7 has its share of the server's limit max-drains (80 of 100)
          QUOTA_EXCEEDED | limit=max-drains,value=100,principal=uid:7,share=80 | raise --max-drains or --max-share
          ETAG_MISMATCH | datastore=main,etag=e2 | main was changed by somebody else: read it again, then retry
          """)
  void sentence_saysWhatToDoNext(String reason, String metadata, String next) {
    Map<String, String> keys = Splitter.on(',').withKeyValueSeparator('=').split(metadata);
    assertThat(sentence(reason, keys)).contains(next);
  }

  @ParameterizedTest
  @EnumSource(
      value = ErrorReason.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"ERROR_REASON_UNSPECIFIED", "UNRECOGNIZED"})
  void sentence_isThereForEveryReason(ErrorReason reason) {
    assertThat(sentence(reason.name().replaceFirst("ERROR_REASON_", ""), Map.of()))
        .isNotBlank()
        .doesNotContain("ERROR_REASON", "null");
  }

  /** A full disk is no start and no stop, and only the server knows. */
  @Test
  void notReady_saysWhy() {
    assertThat(sentence("NOT_READY", Map.of()))
        .isEqualTo("The server on 127.0.0.1:7400 is not ready: a text.");
  }

  @Test
  void configInvalid_ofARequest_isSaidOfTheRequest_andEndsWithTwo() {
    ErrorMessage explanation =
        configInvalid(Status.Code.INVALID_ARGUMENT, "0", "path must be absolute");
    assertThat(explanation.sentence())
        .isEqualTo("main cannot be written like that: path must be absolute.");
    assertThat(explanation.asFailure().status()).isEqualTo(ExitStatus.USAGE);
  }

  @Test
  void configInvalid_ofASectionInTheFile_tellsThePlace_andEndsWithOne() {
    ErrorMessage write = configInvalid(Status.Code.INVALID_ARGUMENT, "3", "path is given twice");
    assertThat(write.sentence())
        .isEqualTo(
            "The section of main has a fault in the file; repair it there first: line 3,"
                + " column 2: path is given twice.");
    assertThat(write.asFailure().status()).isEqualTo(ExitStatus.NO);
    ErrorMessage lookup = configInvalid(Status.Code.FAILED_PRECONDITION, "3", "is given twice");
    assertThat(lookup.sentence())
        .isEqualTo(
            "The section of main has never been readable: line 3, column 2: path: is given"
                + " twice.");
  }

  private static ErrorMessage configInvalid(Status.Code code, String line, String detail) {
    Map<String, String> place =
        Map.of(
            "datastore", "main", "line", line, "column", "2", "property", "path", "detail", detail);
    return ErrorMessage.of(SERVER, ScriptedServer.refusal(code, "CONFIG_INVALID", place));
  }

  @Test
  void quoted_isOneWordOfAShell() {
    assertThat(Labels.quoted("e-1:2")).isEqualTo("e-1:2");
    assertThat(Labels.quoted("it's here")).isEqualTo("'it'\\''s here'");
  }
}
