package io.datastored.etcd.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.base.Ticker;
import io.datastored.config.document.ConfigSlices;
import io.datastored.etcd.history.KeyValues.Change;
import io.datastored.file.StoreException;
import io.datastored.history.AcceptedState;
import io.datastored.history.ConfigContent;
import io.datastored.history.EditDebounce;
import io.datastored.history.Incarnation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;

/** Stores on a model of etcd, and hands that edit what is there. Immutable. */
record EtcdStores(MemoryEtcd etcd) {

  static final Keys KEYS = new Keys("/datastored/test/");
  static final Incarnation INCARNATION = new Incarnation("0123456789abcdef");

  /** Writes a history without a configuration. */
  static EtcdStores create() {
    EtcdStores stores = new EtcdStores(new MemoryEtcd());
    try {
      new NewHistory(stores.etcd.connect(), KEYS, new Random(1))
          .write(AcceptedState.empty(INCARNATION, Optional.empty()), ConfigContent.MISSING);
    } catch (StoreException e) {
      throw new AssertionError(e);
    }
    return stores;
  }

  static EtcdStoreOptions options() {
    return options(KEYS);
  }

  static EtcdStoreOptions options(Keys keys) {
    return new EtcdStoreOptions(
        keys,
        EditDebounce.piecemeal(Duration.ZERO, Duration.ZERO, Ticker.systemTicker()),
        2,
        Duration.ofMillis(20),
        Duration.ofMillis(5),
        Duration.ofMillis(300),
        Duration.ofMillis(1),
        new Random());
  }

  EtcdStore open() {
    return open(etcd.connect());
  }

  EtcdStore open(KeyValues connection) {
    try {
      return EtcdStore.open(connection, options());
    } catch (StoreException e) {
      throw new AssertionError(e);
    }
  }

  /** Puts a whole configuration, slice by slice, without what was accepted of it. */
  static List<Change> edit(Keys keys, String config, List<String> present) {
    ConfigSlices slices = ConfigSlices.of(config.getBytes(UTF_8));
    List<Change> changes = new ArrayList<>();
    changes.add(new Change(keys.preamble(), Optional.of(slices.preamble())));
    slices
        .sections()
        .forEach((name, text) -> changes.add(new Change(keys.datastore(name), Optional.of(text))));
    var put = changes.stream().map(Change::key).collect(Collectors.toSet());
    present.stream()
        .filter(key -> !put.contains(key))
        .forEach(key -> changes.add(new Change(key, Optional.empty())));
    return changes;
  }

  void edit(String config) {
    etcd.change(edit(KEYS, config, etcd.keys(KEYS.datastores())));
  }

  /** Deletes a whole configuration. */
  static List<Change> removal(Keys keys, List<String> present) {
    List<Change> changes = new ArrayList<>();
    changes.add(new Change(keys.preamble(), Optional.empty()));
    present.forEach(key -> changes.add(new Change(key, Optional.empty())));
    return changes;
  }

  void remove() {
    etcd.change(removal(KEYS, etcd.keys(KEYS.datastores())));
  }
}
