package io.datastored.access;

import java.io.IOException;
import java.util.List;

/** A name service is where a host looks up users and groups besides its files. */
interface NameService {

  /**
   * The lines of a database for some keys, as in its file; none for keys that it does not have.
   *
   * @param database {@code passwd} or {@code group}
   * @param keys names or numbers
   * @throws IOException if it cannot tell; the message ends a sentence
   */
  List<String> lines(String database, List<String> keys) throws IOException;
}
