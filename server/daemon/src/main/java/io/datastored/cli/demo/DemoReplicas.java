package io.datastored.cli.demo;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Demo replicas are the servers of a demo, stopped with it. Confined to its thread. */
final class DemoReplicas implements AutoCloseable {

  private final List<DemoReplica> all = new ArrayList<>();

  void start(String name, Path directory, String etcd) throws IOException {
    all.add(DemoReplica.start(name, directory, etcd));
  }

  ImmutableList<DemoReplica> all() {
    return ImmutableList.copyOf(all);
  }

  ImmutableList<DemoReplica> alive() {
    return all.stream().filter(DemoReplica::isAlive).collect(ImmutableList.toImmutableList());
  }

  @Override
  public void close() {
    all.forEach(DemoReplica::close);
  }
}
