package io.datastored.config;

import com.google.common.collect.ImmutableList;
import java.util.Optional;

/**
 * A backend is the property {@code backend}: where the chunks of a datastore are stored. Immutable.
 *
 * @param kind upstream's default: FILE_SYSTEM
 * @param client id of the client configuration; S3 only, required there
 * @param bucket S3 only, required there
 * @param maxCacheSize S3 only
 */
public record Backend(
    BackendKind kind,
    Optional<String> client,
    Optional<String> bucket,
    Optional<ByteSize> maxCacheSize) {

  /** The kinds of chunk storage. */
  public enum BackendKind {
    /** The base directory. */
    FILE_SYSTEM,
    /** An S3 bucket; the base directory is a cache. */
    S3;

    private static final EnumNames<BackendKind> WORDS = EnumNames.of(BackendKind.class);
  }

  /** The backend in the base directory. */
  public static final Backend FILE_SYSTEM =
      new Backend(BackendKind.FILE_SYSTEM, Optional.empty(), Optional.empty(), Optional.empty());

  private static final String TYPE = "type";
  private static final String CLIENT = "client";
  private static final String BUCKET = "bucket";
  private static final String MAX_CACHE_SIZE = "max-cache-size";
  private static final ImmutableList<String> KEYS =
      ImmutableList.of(TYPE, CLIENT, BUCKET, MAX_CACHE_SIZE);

  public static Backend parse(String text) throws ParseError {
    PropertyString from = PropertyString.parse(text, KEYS, TYPE);
    return new Backend(
        from.word(TYPE, BackendKind.WORDS).orElse(BackendKind.FILE_SYSTEM),
        from.text(CLIENT),
        from.text(BUCKET),
        from.optional(MAX_CACHE_SIZE, Backend::size));
  }

  private static ByteSize size(String text) throws ParseError {
    Optional<ByteSize> size = ByteSize.tryParse(text);
    if (size.isEmpty()) {
      throw new ParseError(0, "is not a size: '" + Truncated.of(text) + "'");
    }
    return size.get();
  }

  Optional<String> print() {
    return new PropertyStringPrinter()
        .bare(EnumNames.word(kind))
        .add(CLIENT, client)
        .add(BUCKET, bucket)
        .add(MAX_CACHE_SIZE, maxCacheSize)
        .print();
  }

  void check(FaultCollector faults) {
    if (kind == BackendKind.FILE_SYSTEM) {
      checkKeys(faults);
      return;
    }
    String clientId = client.orElse("");
    if (clientId.length() < DatastoreName.MIN_LENGTH
        || clientId.length() > DatastoreName.MAX_LENGTH
        || !IdSyntax.matches(clientId)) {
      faults.add("backend." + CLIENT, "must be the id of a client: 3 to 32 of [A-Za-z0-9._-]");
    }
    if (!S3Bucket.isName(bucket.orElse(""))) {
      faults.add("backend." + BUCKET, "must be the name of a bucket");
    }
  }

  /** Checks which keys are present, not their values. */
  public void checkKeys(FaultCollector faults) {
    switch (kind) {
      case FILE_SYSTEM -> {
        refuse(faults, CLIENT, client);
        refuse(faults, BUCKET, bucket);
        refuse(faults, MAX_CACHE_SIZE, maxCacheSize);
      }
      case S3 -> {
        require(faults, CLIENT, client);
        require(faults, BUCKET, bucket);
      }
    }
  }

  private static void require(FaultCollector faults, String key, Optional<?> value) {
    if (value.isEmpty()) {
      faults.add("backend." + key, "is required for type s3");
    }
  }

  private static void refuse(FaultCollector faults, String key, Optional<?> value) {
    if (value.isPresent()) {
      faults.add("backend." + key, "is for type s3 only");
    }
  }
}
