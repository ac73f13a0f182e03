package io.datastored.config;

import com.google.common.collect.ImmutableList;
import com.google.common.net.InetAddresses;

/**
 * An S3 bucket is a container of an object store, or an alias of one, named by the rules of AWS.
 * Immutable.
 */
public final class S3Bucket {

  public static final int MIN_LENGTH = 3;
  public static final int MAX_LENGTH = 63;
  private static final ImmutableList<String> RESERVED_STARTS =
      ImmutableList.of("xn--", "sthree-", "amzn-s3-demo-");
  private static final ImmutableList<String> RESERVED_ENDS =
      ImmutableList.of("--ol-s3", ".mrap", "--x-s3");

  private S3Bucket() {}

  static boolean isName(String text) {
    if (text.length() < MIN_LENGTH
        || text.length() > MAX_LENGTH
        || !isAlphanumeric(text.charAt(0))
        || !isAlphanumeric(text.charAt(text.length() - 1))) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean point = c == '.' && text.charAt(i - 1) != '.';
      if (!isAlphanumeric(c) && c != '-' && !point) {
        return false;
      }
    }
    return RESERVED_STARTS.stream().noneMatch(text::startsWith)
        && RESERVED_ENDS.stream().noneMatch(text::endsWith)
        && !InetAddresses.isInetAddress(text);
  }

  /** Whether Proxmox Backup Server 4.2 accepts a text as a name: it must not contain dots. */
  public static boolean isPbsName(String text) {
    return text.indexOf('.') < 0 && isName(text);
  }

  private static boolean isAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  }
}
