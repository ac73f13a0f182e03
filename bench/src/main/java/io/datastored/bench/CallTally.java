package io.datastored.bench;

import io.datastored.client.AppliedFrame;
import io.datastored.client.ClientMetrics;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/**
 * A call tally counts the calls of many clients by outcome, and the clients whose watch has
 * delivered a frame. Thread-safe.
 */
final class CallTally {

  private final Map<String, LongAdder> counts = new ConcurrentSkipListMap<>();
  private final Set<Integer> heard = ConcurrentHashMap.newKeySet();

  /** The metrics hook of one client. */
  ClientMetrics of(int client) {
    return new ClientMetrics() {
      @Override
      public void serverCall(String method, String code, Duration took) {
        count(method + " " + code);
      }

      @Override
      public void watchOpened() {
        count("watches opened");
      }

      @Override
      public void frameApplied(AppliedFrame frame, Duration took) {
        boolean unused = heard.add(client);
      }
    };
  }

  private void count(String what) {
    counts.computeIfAbsent(what, any -> new LongAdder()).increment();
  }

  void forget() {
    counts.clear();
    heard.clear();
  }

  /** The number of clients whose watch has delivered a frame. */
  int heard() {
    return heard.size();
  }

  /** A summary for people. */
  String told() {
    return counts.entrySet().stream()
        .map(entry -> entry.getValue().sum() + " " + entry.getKey())
        .collect(Collectors.joining(", "));
  }
}
