package io.datastored.client.internal.transport;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Targets are the addresses of the servers that share one history, one of which is the present one.
 * Each client has its own order, so that the clients of a server that stops spread over the others.
 * Confined to the loop.
 */
public final class Targets {

  private final List<String> order;
  private int present;

  /** How many were left, one after the other, since one has proved to work. */
  private int left;

  /** How many of the last ones were left because no further attempt can help there. */
  private int hopeless;

  public Targets(List<String> all, RandomGenerator random) {
    this.order = new ArrayList<>(all);
    for (int i = order.size() - 1; i > 0; i--) {
      Collections.swap(order, i, random.nextInt(i + 1));
    }
  }

  public String present() {
    return order.get(present);
  }

  public int count() {
    return order.size();
  }

  public boolean areSeveral() {
    return count() > 1;
  }

  /**
   * Goes on to the next one; true if all were left, once more, since one has proved to work.
   *
   * @param noHelp whether no further attempt at the present one can help
   */
  public boolean next(boolean noHelp) {
    hopeless = noHelp ? hopeless + 1 : 0;
    left++;
    present = (present + 1) % order.size();
    return left % order.size() == 0;
  }

  /** Records that the present one has answered, with whatever. */
  public void reached() {
    hopeless = 0;
  }

  /**
   * Records that the present one works. An answer is not enough: clients would go round without a
   * pause between servers that open sessions and do nothing more.
   */
  public void proved() {
    left = 0;
  }

  /** Whether all the others were left since one has proved to work. */
  public boolean othersWereLeft() {
    return left >= order.size() - 1;
  }

  /** Whether no further attempt can help at any of the others. */
  boolean othersAreHopeless() {
    return hopeless >= order.size() - 1;
  }
}
