package io.datastored.cli.cluster;

import io.datastored.config.DatastoreName;
import io.datastored.config.document.ConfigSlices;
import io.datastored.history.ConfigContent;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/** An edited text is the part of a configuration that is edited: all of it, or one section. */
sealed interface EditedText {

  /** The text before. */
  byte[] before();

  /** The name of its file. */
  String fileName();

  /** What it is, for display. */
  String what();

  /**
   * Whether an edit can be written; if not, prints why.
   *
   * @param file the name of the file, for display
   */
  boolean isGood(String file, byte[] text, PrintWriter out);

  /**
   * The whole configuration with the edit.
   *
   * @return empty if what was edited is not there any more as it was read
   */
  Optional<byte[]> in(ConfigContent present, byte[] text);

  /** All of a configuration. Immutable. */
  record Whole(ConfigContent content) implements EditedText {

    @Override
    public byte[] before() {
      return content.bytes();
    }

    @Override
    public String fileName() {
      return "datastore.cfg";
    }

    @Override
    public String what() {
      return "the configuration";
    }

    @Override
    public boolean isGood(String file, byte[] text, PrintWriter out) {
      return GivenConfiguration.isGood(file, text, out);
    }

    @Override
    public Optional<byte[]> in(ConfigContent present, byte[] text) {
      return present.digest().equals(content.digest()) ? Optional.of(text) : Optional.empty();
    }
  }

  /** The section of one datastore, with what stands behind it. Immutable. */
  record Section(DatastoreName name, byte[] before, ConfigContent content) implements EditedText {

    /** The section of a configuration; empty if there is none. */
    static Optional<EditedText> of(DatastoreName name, ConfigContent content) {
      return Optional.ofNullable(ConfigSlices.of(content.bytes()).sections().get(name))
          .map(text -> new Section(name, text, content));
    }

    @Override
    public String fileName() {
      return name + ".cfg";
    }

    @Override
    public String what() {
      return "datastore '" + name + "'";
    }

    @Override
    public boolean isGood(String file, byte[] text, PrintWriter out) {
      if (!GivenConfiguration.isGood(file, text, out)) {
        return false;
      }
      ConfigSlices edited = ConfigSlices.of(text);
      if (!edited.sections().keySet().equals(Set.of(name)) || edited.preamble().length > 0) {
        out.printf(
            "%s: expected the section 'datastore: %s' and nothing else; to add, rename or remove"
                + " datastores, edit the whole configuration%n",
            file, name);
        out.flush();
        return false;
      }
      // Another section may have its base path.
      return in(content, text)
          .filter(whole -> GivenConfiguration.isGood("the configuration", whole, out))
          .isPresent();
    }

    @Override
    public Optional<byte[]> in(ConfigContent present, byte[] text) {
      ConfigSlices slices = ConfigSlices.of(present.bytes());
      return Arrays.equals(slices.sections().get(name), before)
          ? Optional.of(slices.replacing(name, text))
          : Optional.empty();
    }
  }
}
