package io.datastored.config;

import com.google.common.collect.ImmutableList;
import com.google.common.net.InetAddresses;
import java.util.regex.Pattern;

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

  /** From {@link #MIN_LENGTH} to {@link #MAX_LENGTH} characters, without two dots in a row. */
  private static final Pattern FORM =
      Pattern.compile("[a-z0-9](?:[a-z0-9-]|(?<!\\.)\\.){1,61}[a-z0-9]");

  private S3Bucket() {}

  static boolean isName(String text) {
    return FORM.matcher(text).matches()
        && RESERVED_STARTS.stream().noneMatch(text::startsWith)
        && RESERVED_ENDS.stream().noneMatch(text::endsWith)
        && !InetAddresses.isInetAddress(text);
  }

  /** Whether Proxmox Backup Server 4.2 accepts a text as a name: it must not contain dots. */
  public static boolean isPbsName(String text) {
    return text.indexOf('.') < 0 && isName(text);
  }
}
