package io.datastored.admin;

/** A resource is what the admin listener has at one path. Thread-safe. */
@FunctionalInterface
interface Resource {

  /** Who may ask for a resource. */
  enum Audience {
    /** Everybody who can connect, also by any name of the host; without reasons. */
    EVERYBODY,
    /** This host, and other hosts where the exposure allows it. */
    TRUSTED
  }

  /** Trusted ones only, unless a resource says otherwise. */
  default Audience audience() {
    return Audience.TRUSTED;
  }

  /** Answers a request. May wait for a moment, but never for a file system. */
  Answer answer(Question question);
}
