package io.datastored.etcd.life;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSetMultimap;
import com.google.common.collect.Sets;
import io.datastored.config.DatastoreName;
import io.datastored.etcd.client.EtcdClient;
import io.datastored.etcd.client.EtcdException;
import io.datastored.etcd.client.Op;
import io.datastored.etcd.client.RangeQuery;
import io.datastored.etcd.client.Txn;
import io.datastored.etcd.client.TxnResult;
import io.datastored.file.StoreException;
import io.datastored.promise.LifeId;
import java.util.Comparator;
import java.util.Optional;

/**
 * A survey is what all servers of a history have in etcd, read at one revision, for somebody who is
 * none of them. Immutable.
 *
 * @param lives by the name of their server
 * @param asks for which datastores somebody waits, and at which lives
 * @param work on which datastores something is counted that their mode refuses, and by which lives
 */
public record Survey(
    ImmutableList<SurveyedLife> lives,
    ImmutableSetMultimap<DatastoreName, LifeId> asks,
    ImmutableSetMultimap<DatastoreName, LifeId> work) {

  /**
   * Reads everything.
   *
   * @throws StoreException when it cannot be read
   */
  public static Survey of(EtcdClient etcd, LifeKeys keys) throws StoreException {
    ImmutableList<Op> queries =
        ImmutableList.<Op>builder()
            .addAll(Lives.queries(keys))
            .add(Op.get(RangeQuery.prefix(keys.allAsks()).keysOnly()))
            .add(Op.get(RangeQuery.prefix(keys.allWork()).keysOnly()))
            .build();
    TxnResult result;
    try {
      result = etcd.commit(Txn.when().then(queries));
    } catch (EtcdException e) {
      throw EtcdTrouble.cannot("read the servers", keys, e);
    }
    Lives lives = Lives.of(keys, result);
    return new Survey(
        Sets.union(lives.records().keySet(), lives.presences().keySet()).stream()
            .map(life -> SurveyedLife.of(life, lives.record(life), lives.presence(life)))
            .sorted(
                Comparator.comparing(SurveyedLife::replica)
                    .thenComparing(found -> found.life().value()))
            .collect(toImmutableList()),
        byDatastore(result, 2, keys.allAsks()),
        byDatastore(result, 3, keys.allWork()));
  }

  private static ImmutableSetMultimap<DatastoreName, LifeId> byDatastore(
      TxnResult result, int query, String prefix) {
    ImmutableSetMultimap.Builder<DatastoreName, LifeId> found = ImmutableSetMultimap.builder();
    result
        .ranges()
        .get(query)
        .keyValues()
        .forEach(
            each -> {
              String rest = each.key().substring(prefix.length());
              int end = rest.lastIndexOf('/');
              Optional<DatastoreName> name =
                  DatastoreName.tryParse(rest.substring(0, Math.max(0, end)));
              try {
                LifeId life = new LifeId(rest.substring(end + 1));
                name.ifPresent(datastore -> found.put(datastore, life));
              } catch (IllegalArgumentException e) {
                // Somebody else's key.
              }
            });
    return found.build();
  }

  /** The lives of a server, by its name, or the one with this id. */
  public ImmutableList<SurveyedLife> of(String replica) {
    return lives.stream()
        .filter(found -> found.replica().equals(replica) || found.life().value().equals(replica))
        .collect(toImmutableList());
  }

  /**
   * Deletes the record of a life that is silent: nothing that it has promised is waited for any
   * more.
   *
   * @return false if it has come back, or its record has changed, since it was found
   * @throws StoreException when it is not known whether it was deleted
   */
  public static boolean forget(EtcdClient etcd, LifeKeys keys, SurveyedLife silent)
      throws StoreException {
    try {
      TxnResult result =
          etcd.commit(
              Txn.when(silent.isSilent(keys))
                  .then(Op.delete(keys.record(silent.life())))
                  .otherwise(Op.get(RangeQuery.of(keys.record(silent.life()))))
                  .repeatable());
      // A copy of it may have done it, or another server, whose wait was over.
      return result.succeeded() || result.ranges().get(0).first().isEmpty();
    } catch (EtcdException e) {
      throw EtcdTrouble.cannot("forget a server", keys, e);
    }
  }
}
