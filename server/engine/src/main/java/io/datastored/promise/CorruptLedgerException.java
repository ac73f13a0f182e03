package io.datastored.promise;

/**
 * A corrupt ledger exception is thrown when the ledger file exists but is damaged. The message is a
 * sentence fragment.
 */
final class CorruptLedgerException extends Exception {

  CorruptLedgerException(String reason) {
    super(reason);
  }
}
