package io.datastored.bench.lookup;

import io.datastored.engine.Engine;
import io.datastored.engine.EngineStartException;
import java.io.IOException;
import java.util.Optional;

/** An arm kind is one of the compared ways to look up. Immutable. */
enum ArmKind {
  /** The original without a cache. */
  BEFORE("before", "A: parse per lookup and per last release"),
  /** The original with the first version of its cache. */
  TAG("tag", "B: a tag on each datastore"),
  /** The original with its cache as accepted. */
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
   * The number of runs per round: a thousand lookups of the engine take less time than one
   * preemption by the scheduler, so a single run says little.
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
