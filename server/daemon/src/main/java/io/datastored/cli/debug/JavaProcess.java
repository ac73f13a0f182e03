package io.datastored.cli.debug;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;

/**
 * A Java process is a server's Java virtual machine, which answers the diagnostic commands that
 * {@code jcmd} sends; only its own user and root may ask. Confined to the command's thread.
 *
 * <p>The commands are sent as {@code jcmd} sends them, which is no public API of the JDK: the
 * public way would make the server listen on a port for the rest of its life.
 */
final class JavaProcess implements AutoCloseable {

  private final VirtualMachine machine;

  private JavaProcess(VirtualMachine machine) {
    this.machine = machine;
  }

  /**
   * Attaches to a process.
   *
   * @throws IOException why that is not possible
   */
  static JavaProcess attach(long pid) throws IOException {
    try {
      return new JavaProcess(VirtualMachine.attach(Long.toString(pid)));
    } catch (AttachNotSupportedException e) {
      throw new IOException("process %d cannot be asked: %s".formatted(pid, e.getMessage()), e);
    } catch (NoClassDefFoundError e) {
      throw new IOException("this Java runtime has no module jdk.attach", e);
    }
  }

  /** What the process answers to a command such as {@code Thread.print}. */
  String ask(String command) throws IOException {
    try {
      Object answer =
          machine.getClass().getMethod("executeJCmd", String.class).invoke(machine, command);
      try (InputStream in = (InputStream) answer) {
        return text(in);
      }
    } catch (InvocationTargetException e) {
      throw new IOException("the process does not answer: " + e.getCause(), e);
    } catch (ReflectiveOperationException e) {
      throw new IOException("this Java runtime cannot send commands: " + e, e);
    }
  }

  /**
   * Reads an answer to its end. Not by {@link InputStream#readAllBytes}: this stream of the JDK
   * takes the length of a part of an array for that of the array, and ends too early (17) or fails
   * (25) if it is asked to read into the middle of one.
   */
  private static String text(InputStream in) throws IOException {
    var text = new ByteArrayOutputStream();
    var part = new byte[4096];
    for (int read = in.read(part); read > 0; read = in.read(part)) {
      text.write(part, 0, read);
    }
    return text.toString(UTF_8);
  }

  /** Where it puts its temporary files, as it sees it. */
  String temporaryDirectory() throws IOException {
    return machine.getSystemProperties().getProperty("java.io.tmpdir", "/tmp");
  }

  @Override
  public void close() throws IOException {
    machine.detach();
  }
}
