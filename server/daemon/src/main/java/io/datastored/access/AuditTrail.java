package io.datastored.access;

import io.datastored.operation.Operation;
import java.util.Optional;

/**
 * An audit trail is the record of who decided what. Thread-safe. Nothing that it offers waits for a
 * disk, except {@link #settle}.
 */
public interface AuditTrail {

  /** The trail of a server without an audit log. */
  AuditTrail NONE =
      new AuditTrail() {
        @Override
        public void record(AuditEvent event) {}

        @Override
        public boolean covers(Operation operation) {
          return false;
        }

        @Override
        public Optional<String> obstacle() {
          return Optional.empty();
        }

        @Override
        public Optional<String> settle() {
          return Optional.empty();
        }

        @Override
        public void report() {}
      };

  /** Records an event, soon. Never blocks; an event that finds no room is counted as lost. */
  void record(AuditEvent event);

  /** Whether leases for this operation are recorded. */
  boolean covers(Operation operation);

  /**
   * Why a change that must be recorded may not be made now, in one sentence; empty if it may. From
   * memory only.
   */
  Optional<String> obstacle();

  /**
   * Like {@link #obstacle}, but finds out now whether the audit log can be written. Waits for that
   * as long as a write may take; call it on a thread that may block, and hold no lock.
   */
  Optional<String> settle();

  /** Reports in Status whether the audit log can be written. Never blocks; call it every second. */
  void report();
}
