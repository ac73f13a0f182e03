package io.datastored.promise;

/** A corrupt ledger is a file that is there but not whole. The message is half a sentence. */
final class CorruptLedgerException extends Exception {

  CorruptLedgerException(String reason) {
    super(reason);
  }
}
