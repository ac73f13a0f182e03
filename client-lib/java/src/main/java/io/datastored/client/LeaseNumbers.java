package io.datastored.client;

/**
 * Lease numbers are how many leases and handles there are. Immutable.
 *
 * @param leases held at the server
 * @param handles open on them
 * @param releasing being given back
 */
record LeaseNumbers(int leases, long handles, int releasing) {

  static final LeaseNumbers NONE = new LeaseNumbers(0, 0, 0);

  static LeaseNumbers of(LeaseBook book) {
    return new LeaseNumbers(
        book.held().size(),
        book.held().stream().mapToLong(SharedLease::handles).sum(),
        book.releasing());
  }
}
