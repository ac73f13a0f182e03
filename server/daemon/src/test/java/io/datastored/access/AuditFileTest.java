package io.datastored.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AuditFileTest {

  @TempDir Path directory;
  private Path path;
  private AuditFile file;

  @BeforeEach
  void name() throws IOException {
    path = Files.createDirectory(directory.resolve("log")).resolve("audit.log");
    file = new AuditFile(path, PosixFilePermissions.fromString("rw-------"));
  }

  @AfterEach
  void close() throws IOException {
    file.close();
  }

  private void write(String lines) throws IOException {
    file.check();
    file.append(ByteBuffer.wrap(lines.getBytes(UTF_8)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-------", "rw-r-----"})
  void newFile_hasTheModeOfTheOptions(String mode) throws IOException {
    file = new AuditFile(path, PosixFilePermissions.fromString(mode));
    write("a\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path))).isEqualTo(mode);
    assertThat(path).hasContent("a\n");
  }

  @Test
  void existingFile_isContinuedAndKeepsItsMode() throws IOException {
    Files.writeString(path, "old\n");
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r-----"));
    write("new\n");
    assertThat(Files.readString(path)).isEqualTo("old\nnew\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-r-----");
  }

  @Test
  void tornLastLine_isEndedBeforeTheNext() throws IOException {
    Files.writeString(path, "whole\n{\"time\":\"2026-");
    write("next\n");
    assertThat(Files.readString(path)).isEqualTo("whole\n{\"time\":\"2026-\nnext\n");
  }

  @Test
  void renamedFile_isLeftAndANewOneIsMade() throws IOException {
    write("a\n");
    Path rotated = path.resolveSibling("audit.log.1");
    Files.move(path, rotated);
    write("b\n");
    assertThat(Files.readString(rotated)).isEqualTo("a\n");
    assertThat(Files.readString(path)).isEqualTo("b\n");
  }

  @Test
  void renamedFile_whoseSuccessorIsThere_isContinuedInIt() throws IOException {
    write("a\n");
    Files.move(path, path.resolveSibling("audit.log.1"));
    Files.writeString(path, "made by logrotate\n");
    write("b\n");
    assertThat(Files.readString(path)).isEqualTo("made by logrotate\nb\n");
  }

  @Test
  void removedFile_isMadeAgain() throws IOException {
    write("a\n");
    Files.delete(path);
    write("b\n");
    assertThat(Files.readString(path)).isEqualTo("b\n");
  }

  @Test
  void truncatedFile_isContinued() throws IOException {
    write("a\n");
    Files.writeString(path, ""); // copytruncate
    write("b\n");
    assertThat(Files.readString(path)).isEqualTo("b\n");
  }

  @Test
  void vanishedDirectory_isAFailure_untilItIsBack() throws IOException {
    write("a\n");
    Path away = directory.resolve("away");
    Files.move(path.getParent(), away);
    assertThatThrownBy(() -> write("b\n")).isInstanceOf(NoSuchFileException.class);
    Files.move(away, path.getParent());
    write("c\n");
    assertThat(Files.readString(path)).isEqualTo("a\nc\n");
  }

  @Test
  void somethingElseOfTheName_isAFailure() throws IOException {
    Path elsewhere = Files.writeString(directory.resolve("elsewhere"), "kept");
    Files.createSymbolicLink(path, elsewhere);
    assertThatThrownBy(() -> write("a\n")).hasMessage("it is a symbolic link");
    assertThat(elsewhere).hasContent("kept");
    Files.delete(path);
    Files.createDirectory(path);
    assertThatThrownBy(() -> write("a\n")).hasMessage("it is not a regular file");
  }
}
