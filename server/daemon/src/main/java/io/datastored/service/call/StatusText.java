package io.datastored.service.call;

import io.datastored.v1.StatusResponse;
import java.util.List;

/** A status text is a status as a terminal shows it. Thread-safe. */
@FunctionalInterface
public interface StatusText {

  /**
   * @param pages all pages of one listing, in order
   * @param server where they are from, for people
   */
  String of(List<StatusResponse> pages, String server);
}
