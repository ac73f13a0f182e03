package io.datastored.access;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.datastored.file.StoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * System users are the users and groups in the files of this host, and then those of its name
 * services. Confined to one thread. The files are read once: make one object for each text of
 * rules.
 */
public final class SystemUsers implements Users {

  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,10}");

  /** Neither an option of a command nor more than one field of a line. */
  private static final Pattern NAME = Pattern.compile("[^-:\\p{Cntrl}][^:\\p{Cntrl}]{0,255}");

  private final Path passwd;
  private final Path group;
  private final NameService others;

  /** The files, by name and by number; null until they are needed. */
  private @Nullable Accounts accounts;

  /**
   * @param passwd the file of users, by its format of passwd(5)
   * @param group the file of groups, by its format of group(5)
   * @param others asked about names that are not in the files
   */
  SystemUsers(Path passwd, Path group, NameService others) {
    this.passwd = passwd;
    this.group = group;
    this.others = others;
  }

  /** The users of this host. */
  public static SystemUsers ofThisHost() {
    return new SystemUsers(Path.of("/etc/passwd"), Path.of("/etc/group"), Getent.ofThisHost());
  }

  /** A line of the file of groups. Immutable. */
  private record GroupLine(String gid, ImmutableList<String> members) {}

  /** Users and groups, by name and by number. */
  private static final class Accounts {
    private final Map<String, User> users = new HashMap<>();
    private final Map<String, GroupLine> groups = new HashMap<>();

    /** A line {@code NAME:PASSWORD:UID:GID:...}. */
    void addUser(String line) {
      List<String> fields = Splitter.on(':').splitToList(line);
      if (fields.size() >= 4 && isNumber(fields.get(2)) && isNumber(fields.get(3))) {
        add(users, fields.get(0), fields.get(2), new User(fields.get(2), fields.get(3)));
      }
    }

    /** A line {@code NAME:PASSWORD:GID:MEMBER,MEMBER}. */
    void addGroup(String line) {
      List<String> fields = Splitter.on(':').splitToList(line);
      if (fields.size() >= 4 && isNumber(fields.get(2))) {
        ImmutableList<String> members =
            ImmutableList.copyOf(
                Splitter.on(',').trimResults().omitEmptyStrings().split(fields.get(3)));
        add(groups, fields.get(0), fields.get(2), new GroupLine(fields.get(2), members));
      }
    }

    /** The first line of a name counts, as for the system; a name of digits is a number. */
    private static <T> void add(Map<String, T> to, String name, String number, T entry) {
      if (!isNumber(name)) {
        to.putIfAbsent(name, entry);
      }
      to.putIfAbsent(number, entry);
    }
  }

  @Override
  public Optional<User> user(String name) throws IOException {
    return Optional.ofNullable(users(ImmutableSet.of(name)).get(name));
  }

  @Override
  public Optional<Group> group(String name) throws IOException {
    Accounts known = accounts();
    if (!known.groups.containsKey(name) && NAME.matcher(name).matches()) {
      others.lines("group", ImmutableList.of(name)).stream()
          .map(line -> spelled(name, line))
          .forEach(known::addGroup);
    }
    GroupLine found = known.groups.get(name);
    if (found == null) {
      return Optional.empty();
    }
    Set<String> members = new HashSet<>();
    Map<String, User> users = users(found.members());
    for (String member : found.members()) {
      User user = users.get(member);
      if (user == null) {
        // It may be a user of a name service that does not answer now. Without it, a deny for this
        // group would not be for all of its members.
        throw new IOException("its member '" + member + "' is not a user of this host");
      }
      members.add(user.uid());
    }
    known.users.values().stream()
        .filter(user -> user.gid().equals(found.gid()))
        .forEach(user -> members.add(user.uid()));
    return Optional.of(new Group(found.gid(), ImmutableSet.copyOf(members)));
  }

  /** The users by these names, after the name services were asked about all that are unknown. */
  private Map<String, User> users(Iterable<String> names) throws IOException {
    Accounts known = accounts();
    List<String> unknown = new ArrayList<>();
    for (String name : names) {
      if (!known.users.containsKey(name) && NAME.matcher(name).matches()) {
        unknown.add(name);
      }
    }
    if (!unknown.isEmpty()) {
      others.lines("passwd", unknown).stream()
          .map(line -> unknown.size() == 1 ? spelled(unknown.get(0), line) : line)
          .forEach(known::addUser);
    }
    return known.users;
  }

  /** The line by the name that was asked for: a name service may print another spelling. */
  private static String spelled(String name, String line) {
    return name + line.substring(Math.max(0, line.indexOf(':')));
  }

  private Accounts accounts() throws IOException {
    Accounts read = accounts;
    if (read == null) {
      read = new Accounts();
      lines(passwd).forEach(read::addUser);
      lines(group).forEach(read::addGroup);
      accounts = read;
    }
    return read;
  }

  private static List<String> lines(Path file) throws IOException {
    // Any bytes are ISO 8859-1; a name in another encoding is found by the name service.
    try {
      return Files.exists(file)
          ? Files.readAllLines(file, StandardCharsets.ISO_8859_1)
          : ImmutableList.of();
    } catch (IOException e) {
      throw new IOException(StoreException.of("read", file, e).getMessage(), e);
    }
  }

  private static boolean isNumber(String text) {
    return NUMBER.matcher(text).matches();
  }
}
