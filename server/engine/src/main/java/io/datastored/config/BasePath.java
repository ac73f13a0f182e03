package io.datastored.config;

import com.google.common.base.Splitter;
import com.google.common.base.Utf8;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A base path is the directory of a datastore, on this host or on its own device. Immutable. */
public final class BasePath {

  private static final int MAX_BYTES = 4096;
  private static final Splitter NAMES = Splitter.on('/').omitEmptyStrings();

  private BasePath() {}

  static void check(String path, Optional<String> device, FaultCollector faults) {
    boolean removable = device.isPresent();
    if (path.isEmpty()) {
      faults.add("path", "is required");
    } else if (!faults.text("path", path, MAX_BYTES)) {
      return;
    } else if (path.length() > MAX_BYTES / 3 && Utf8.encodedLength(path) > MAX_BYTES) {
      faults.add("path", "has more than " + MAX_BYTES + " bytes");
    } else if (removable && path.charAt(0) == '/') {
      faults.add("path", "must be relative to the backing device");
    } else if (!removable && path.charAt(0) != '/') {
      faults.add("path", "must be absolute");
    } else if (!isPlain(path) && leavesOrIsRoot(path, removable)) {
      faults.add(
          "path",
          removable ? "must not leave the backing device" : "must be a directory below the root");
    }
  }

  /**
   * The key that two datastores must not share: the normalised path, and the device if there is
   * one.
   */
  static String key(String written, Optional<String> backingDevice) {
    String path = isPlain(written) ? written : normalise(written);
    return backingDevice.map(device -> path.isEmpty() ? device : device + '/' + path).orElse(path);
  }

  /**
   * The directory on this host for a base path that is given as {@link
   * DatastoreSettings#basePathKey}.
   *
   * @param mounts the directory in which a removable datastore appears under its name
   */
  public static String place(String key, DatastoreName name, String mounts) {
    return key.startsWith("/") ? key : mounts + '/' + name;
  }

  /** Whether two paths are the same directory, or one is inside the other. */
  public static boolean isNested(String one, String other) {
    return one.equals(other) || isInside(one, other) || isInside(other, one);
  }

  private static boolean isInside(String inner, String outer) {
    return inner.length() > outer.length()
        && inner.charAt(outer.length()) == '/'
        && inner.startsWith(outer);
  }

  /** Whether a path is certainly normalised: no component starts with a dot or is empty. */
  private static boolean isPlain(String path) {
    return !path.isEmpty()
        && path.charAt(0) != '.'
        && !path.contains("/.")
        && !path.contains("//")
        && path.charAt(path.length() - 1) != '/';
  }

  /**
   * Whether a path leaves its root, or is the root. For a removable datastore the root of the
   * device is permitted.
   */
  private static boolean leavesOrIsRoot(String path, boolean removable) {
    if (!removable) {
      return normalise(path).equals("/");
    }
    int depth = 0;
    for (String name : NAMES.split(path)) {
      depth += name.equals("..") ? -1 : name.equals(".") ? 0 : 1;
      if (depth < 0) {
        return true;
      }
    }
    return false;
  }

  private static String normalise(String path) {
    List<String> names = new ArrayList<>();
    for (String name : NAMES.split(path)) {
      if (name.equals("..")) {
        if (!names.isEmpty()) {
          names.remove(names.size() - 1);
        }
      } else if (!name.equals(".")) {
        names.add(name);
      }
    }
    return (path.startsWith("/") ? "/" : "") + String.join("/", names);
  }
}
