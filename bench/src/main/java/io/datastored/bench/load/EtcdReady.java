package io.datastored.bench.load;

import java.time.Duration;

/** Waits until a started etcd serves. Stateless. */
final class EtcdReady {

  private static final int ATTEMPTS = 100;

  private EtcdReady() {}

  static void await(Connections connections, OneCall<byte[], byte[]> put)
      throws InterruptedException {
    Load one = new Load(connections, 1);
    for (int attempt = 0; ; attempt++) {
      try {
        one.times(put, 1);
        return;
      } catch (IllegalStateException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
        Thread.sleep(Duration.ofMillis(200).toMillis());
      }
    }
  }
}
