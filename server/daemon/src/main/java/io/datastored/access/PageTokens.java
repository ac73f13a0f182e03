package io.datastored.access;

import com.google.common.base.Ticker;
import com.google.common.collect.ImmutableList;
import com.google.common.hash.HashFunction;
import com.google.common.hash.Hashing;
import com.google.common.io.ByteArrayDataInput;
import com.google.common.io.ByteArrayDataOutput;
import com.google.common.io.ByteStreams;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * Page tokens are the secrets in links to the status page: an HTTP request with a token has the
 * rights of the client that the token was made for, but can only read. Thread-safe: immutable. A
 * token names its client and its end, with a code that proves that this run of the server has made
 * it. The server stores nothing for a token, so there can be any number.
 *
 * <p>The key is made at the start and never leaves the process, so no token survives a restart. The
 * end is a moment of the monotonic clock, so setting the wall clock back prolongs nothing.
 */
public final class PageTokens {

  /** The longest validity of a token. */
  public static final Duration LONGEST = Duration.ofHours(12);

  private static final int CODE_BYTES = 32;

  private final HashFunction code;
  private final Ticker ticker;

  private PageTokens(byte[] key, Ticker ticker) {
    this.code = Hashing.hmacSha256(key);
    this.ticker = ticker;
  }

  /** Tokens that are valid until this run of the server ends. */
  public static PageTokens ofThisRun(Ticker ticker) {
    byte[] key = new byte[CODE_BYTES];
    new SecureRandom().nextBytes(key);
    return new PageTokens(key, ticker);
  }

  /**
   * A bearer is the client that a valid token was made for. Immutable.
   *
   * @param ends when the token ends, by the monotonic clock
   */
  public record Bearer(Identity identity, long ends) {}

  /**
   * Makes a token.
   *
   * @param validity at most {@link #LONGEST}
   * @return characters that need no escape in a URL
   */
  public String issue(Identity identity, Duration validity) {
    if (validity.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("longer than " + LONGEST + ": " + validity);
    }
    ByteArrayDataOutput content = ByteStreams.newDataOutput();
    content.writeLong(ticker.read() + validity.toNanos());
    content.writeUTF(identity.principal().text());
    content.writeInt(identity.names().size());
    identity.names().forEach(content::writeUTF);
    byte[] bytes = content.toByteArray();
    ByteArrayDataOutput token = ByteStreams.newDataOutput();
    token.write(bytes);
    token.write(code.hashBytes(bytes).asBytes());
    return Base64.getUrlEncoder().withoutPadding().encodeToString(token.toByteArray());
  }

  /** Whom a token is for; empty if it was not made by this run of the server, or has ended. */
  public Optional<Bearer> bearer(String token) {
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(token);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    if (bytes.length <= CODE_BYTES) {
      return Optional.empty();
    }
    byte[] content = Arrays.copyOf(bytes, bytes.length - CODE_BYTES);
    byte[] told = Arrays.copyOfRange(bytes, content.length, bytes.length);
    // In constant time, and before anything is read from the content.
    if (!MessageDigest.isEqual(told, code.hashBytes(content).asBytes())) {
      return Optional.empty();
    }
    ByteArrayDataInput in = ByteStreams.newDataInput(content);
    long ends = in.readLong();
    var principal = new Principal(in.readUTF());
    int count = in.readInt();
    ImmutableList.Builder<String> names = ImmutableList.builder();
    for (int i = 0; i < count; i++) {
      names.add(in.readUTF());
    }
    var bearer = new Bearer(new Identity(principal, names.build()), ends);
    return hasEnded(bearer) ? Optional.empty() : Optional.of(bearer);
  }

  /** Whether the token of a bearer has ended since it was checked. */
  public boolean hasEnded(Bearer bearer) {
    return ticker.read() - bearer.ends() >= 0;
  }

  @Override
  public String toString() {
    return "page tokens";
  }
}
