package io.datastored.access;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** A rules file is the file in which an operator writes rules. Immutable. */
public final class RulesFile {

  /** The longest text that is read: enough for twenty thousand rules. */
  static final int MOST_BYTES = 2 << 20;

  private final Path path;

  public RulesFile(Path path) {
    this.path = path;
  }

  /** What is in the file. Immutable. */
  public sealed interface Found {

    /** Its text. */
    record Text(String text) implements Found {}

    /** It is no text, or too long a one. */
    record Faulty(ParsedRules.Fault fault) implements Found {}

    /**
     * It cannot be read.
     *
     * @param why ends a sentence that begins with the file
     */
    record Unreadable(String why) implements Found {}
  }

  /** Whether the rules of a file can be used. Immutable. */
  sealed interface Judgement {

    /** They can. */
    record Good(WrittenRules rules) implements Judgement {}

    /**
     * They cannot.
     *
     * @param why a sentence without its full stop
     */
    record Bad(String why) implements Judgement {}
  }

  /** Reads the file. Touches the disk. */
  public Found read() {
    try {
      // A pipe would block the reader until it is written to.
      if (Files.exists(path) && !Files.isRegularFile(path)) {
        return new Found.Unreadable(
            Files.isDirectory(path) ? "is a directory" : "is not a regular file");
      }
      try (InputStream in = Files.newInputStream(path)) {
        return text(in);
      }
    } catch (NoSuchFileException e) {
      return new Found.Unreadable("does not exist");
    } catch (AccessDeniedException e) {
      return new Found.Unreadable("cannot be read: permission denied");
    } catch (IOException e) {
      String reason = e instanceof FileSystemException of ? of.getReason() : e.getMessage();
      return new Found.Unreadable("cannot be read: " + (reason == null ? e : reason));
    }
  }

  /**
   * Whether what was found can be used as rules.
   *
   * @param users for names of users and groups
   * @param lastGood the text that was used last
   */
  Judgement judge(Found found, Users users, Optional<String> lastGood) {
    if (found instanceof Found.Unreadable unreadable) {
      return new Judgement.Bad(path + " " + unreadable.why());
    }
    if (found instanceof Found.Text text
        && lastGood.filter(last -> isCut(text.text(), last)).isPresent()) {
      return new Judgement.Bad(
          path + " was cut: it ends in the middle of a line that it had before");
    }
    LookedUpUsers names = new LookedUpUsers(users);
    ImmutableList<ParsedRules.Fault> faults = parse(found, path.toString(), names).faults();
    return faults.isEmpty()
        ? new Judgement.Good(
            new WrittenRules(path.toString(), ((Found.Text) found).text(), names.known()))
        : new Judgement.Bad(
            path
                + ", "
                + faults.get(0)
                + (faults.size() > 1 ? " (and " + (faults.size() - 1) + " more)" : ""));
  }

  /**
   * Reads what was found as rules.
   *
   * @param found not unreadable
   * @param origin what the lines are lines of, for people
   * @param users for names of users and groups
   */
  public static ParsedRules parse(Found found, String origin, Users users) {
    return found instanceof Found.Faulty faulty
        ? new ParsedRules(Rules.NONE, ImmutableList.of(faulty.fault()))
        : RulesParser.parse(((Found.Text) found).text(), origin, users);
  }

  /** A disk that is full or a program that was killed leaves such a text; an editor does not. */
  private static boolean isCut(String text, String last) {
    return !text.isEmpty()
        && text.length() < last.length()
        && last.startsWith(text)
        && !text.endsWith("\n")
        && last.charAt(text.length()) != '\n';
  }

  /** Reads a text from elsewhere. */
  public static Found text(InputStream in) throws IOException {
    byte[] bytes = in.readNBytes(MOST_BYTES + 1);
    CharBuffer text = CharBuffer.allocate(bytes.length);
    CoderResult end =
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes), text, true);
    text.flip();
    if (bytes.length > MOST_BYTES) {
      return faulty(text, "the text goes on here, and at most %d bytes are read", MOST_BYTES);
    }
    return end.isError()
        ? faulty(text, "the bytes from here on are not UTF-8")
        : new Found.Text(text.toString());
  }

  /** A fault behind a text. */
  private static Found faulty(CharBuffer before, String message, Object... arguments) {
    String text = before.toString();
    int line = 1 + (int) text.chars().filter(c -> c == '\n').count();
    int column = text.length() - text.lastIndexOf('\n');
    return new Found.Faulty(new ParsedRules.Fault(line, column, message.formatted(arguments)));
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
