package io.datastored.admin;

/** A resource is what the admin listener has at one path. Thread-safe. */
interface Resource {

  /** Who may ask for a resource. */
  enum Audience {
    /** Everybody who can connect, also by any name of the host; without reasons. */
    EVERYBODY,
    /** This host, and other hosts where the exposure allows it. */
    TRUSTED
  }

  Audience audience();

  /** Answers a request. May wait for a moment, but never for a file system. */
  Answer answer(Question question);
}
