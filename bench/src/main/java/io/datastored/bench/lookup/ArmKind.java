package io.datastored.bench.lookup;

import io.datastored.engine.Engine;
import io.datastored.engine.EngineStartException;
import java.io.IOException;
import java.util.Optional;

/** An arm kind says which of the ways to look up is meant. Immutable. */
enum ArmKind {
  /** The original before its cache. */
  BEFORE("before", "A: parse per lookup and per last release"),
  /** The first version of its cache. */
  TAG("tag", "B: a tag on each datastore"),
  /** Its cache as accepted. */
  CONFIG("config", "C: the whole configuration cached"),
  /** The engine. */
  OURS("ours", "D: the engine");

  private final String word;
  private final String title;

  ArmKind(String word, String title) {
    this.word = word;
    this.title = title;
  }

  static Optional<ArmKind> fromWord(String word) {
    for (ArmKind kind : values()) {
      if (kind.word.equals(word)) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }

  String word() {
    return word;
  }

  String title() {
    return title;
  }

  /**
   * How often it is run while the others are run once: a thousand lookups of the engine are over in
   * less time than a scheduler takes away at once, so one run says little.
   */
  int runsOfARound() {
    return this == OURS ? 10 : 1;
  }

  /** Opens the arm on a site, with nothing looked up yet. */
  LookupArm open(LookupSite site) throws IOException {
    return switch (this) {
      case BEFORE -> new ParseEachTime(site.upstreamParts());
      case TAG -> new TaggedInstances(site.upstreamParts());
      case CONFIG -> new CachedConfig(site.upstreamParts());
      case OURS -> {
        try {
          yield new EngineArm(Engine.open(site.engineOptions()));
        } catch (EngineStartException e) {
          throw new IOException(e);
        }
      }
    };
  }
}
