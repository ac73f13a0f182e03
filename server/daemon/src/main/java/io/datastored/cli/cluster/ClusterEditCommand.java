package io.datastored.cli.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.datastored.cli.cluster.SharedConfiguration.End;
import io.datastored.cli.cluster.SharedConfiguration.Replaced;
import io.datastored.cli.flag.EtcdFlags;
import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.ExitStatus;
import io.datastored.config.DatastoreName;
import io.datastored.etcd.history.Keys;
import io.datastored.file.StoreException;
import io.datastored.history.LostContent;
import io.datastored.history.Store.Seen;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code datastored cluster edit}: edits the configuration in etcd with an editor. Confined to its
 * thread.
 */
@Command(
    name = "edit",
    description = {
      "Opens the configuration in etcd, or the section of one datastore, in an editor: $VISUAL,"
          + " $EDITOR or vi.",
      "The text is checked, and written only if nobody else has changed what was read. A text that"
          + " cannot be written can be edited again, and is kept."
    })
final class ClusterEditCommand implements Callable<Integer> {

  private static final String AFTER_UNKNOWN =
      "look whether it is there: datastored cluster export -";

  private final BufferedReader answers;
  private final Editor editor;

  @Parameters(
      arity = "0..1",
      paramLabel = "NAME",
      description = "The datastore (default: the whole configuration).")
  @Nullable String name;

  @Mixin EtcdFlags etcd;

  @Spec CommandSpec spec;

  ClusterEditCommand(InputStream in, Editor editor) {
    this.answers = new BufferedReader(new InputStreamReader(in, UTF_8));
    this.editor = editor;
  }

  @Override
  public Integer call() {
    Keys keys = etcd.keys();
    try (SharedConfiguration shared = SharedConfiguration.open(etcd)) {
      Seen read = shared.settled();
      EditedText text = text(keys, read);
      EditedFile file = EditedFile.create(text.fileName(), text.before());
      Optional<byte[]> edited = edited(text, file, read);
      if (edited.isPresent()) {
        write(keys, shared, text, file, edited.get());
      } else {
        out().println("Nothing was changed.");
      }
      file.remove();
    } catch (StoreException e) {
      throw EtcdFailure.of(e, keys, AFTER_UNKNOWN);
    } catch (IOException e) {
      throw new CommandFailed(
          ExitStatus.NO, "the text cannot be edited here: " + e.getMessage(), e);
    }
    return ExitStatus.OK.code();
  }

  private EditedText text(Keys keys, Seen read) {
    if (name == null) {
      return new EditedText.Whole(read.content());
    }
    return DatastoreName.tryParse(name)
        .flatMap(datastore -> EditedText.Section.of(datastore, read.content()))
        .orElseThrow(
            () ->
                new CommandFailed(
                    ExitStatus.NO,
                    "there is no datastore '%s' in %s; to add one, edit the whole configuration"
                        .formatted(name, keys)));
  }

  /** The text after the edit, without faults; empty if it is the one before. */
  private Optional<byte[]> edited(EditedText text, EditedFile file, Seen read) throws IOException {
    while (true) {
      int status = editor.edit(file.path());
      byte[] after = file.read();
      boolean same = Arrays.equals(after, text.before());
      if (status != 0) {
        String why = "the editor (%s) ended with status %d".formatted(editor.command(), status);
        if (!same) {
          throw kept(file, why + "; nothing was changed in etcd");
        }
        file.remove();
        throw new CommandFailed(ExitStatus.NO, why + "; nothing was changed");
      }
      if (same) {
        return Optional.empty();
      }
      if (isGood(text, file, after, read)) {
        return Optional.of(after);
      }
      if (!isEditedAgain()) {
        throw kept(file, "the text has faults; nothing was changed in etcd");
      }
    }
  }

  private boolean isGood(EditedText text, EditedFile file, byte[] after, Seen read) {
    if (!text.isGood(file.toString(), after, out())) {
      return false;
    }
    boolean lost =
        text.in(read.content(), after)
            .flatMap(whole -> LostContent.between(read.state(), whole))
            .filter(content -> content.kind() == LostContent.Kind.EMPTY)
            .isPresent();
    if (lost) {
      out()
          .printf(
              "%s: no datastore is left; to remove all of them, use 'datastored cluster import"
                  + " --empty'%n",
              file);
      out().flush();
    }
    return !lost;
  }

  private boolean isEditedAgain() throws IOException {
    out().print("Edit it again? [Y/n] ");
    out().flush();
    String answer = answers.readLine();
    if (answer == null) {
      out().println();
    }
    return answer != null && !answer.strip().toLowerCase(Locale.ROOT).startsWith("n");
  }

  private void write(
      Keys keys, SharedConfiguration shared, EditedText text, EditedFile file, byte[] edited) {
    Replaced done;
    try {
      done = shared.replace(present -> text.in(present, edited));
    } catch (StoreException e) {
      CommandFailed failed = EtcdFailure.of(e, keys, AFTER_UNKNOWN);
      throw new CommandFailed(
          failed.status(), failed.sentence() + ". Your text is kept in " + file, e);
    }
    if (done.end() == End.OVERTAKEN) {
      throw kept(
          file,
          "somebody else has changed %s meanwhile, it is at generation %s now; %s"
              .formatted(
                  text.what(),
                  done.to(),
                  (done.commits() == 0
                          ? "nothing was changed by this edit"
                          : "a part of your text was written before that")
                      + "; edit again what is there now, and take over from your text what you"
                      + " still want"));
    }
    out().println(ClusterImportCommand.sentence(keys, done));
  }

  private static CommandFailed kept(EditedFile file, String why) {
    return new CommandFailed(ExitStatus.NO, "%s. Your text is kept in %s".formatted(why, file));
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
