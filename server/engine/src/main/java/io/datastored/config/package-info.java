/**
 * The configuration: what {@code datastore.cfg} says, and where it is kept.
 *
 * <p>Two halves meet here. The <em>text</em> half reads and rewrites the file: {@link
 * io.datastored.config.ConfigDocument} is one parsed file, {@link
 * io.datastored.config.ConfigSection} one good section in it, {@link
 * io.datastored.config.DatastoreSettings} and {@link io.datastored.config.MaintenanceSetting} what
 * a section says. The <em>storage</em> half keeps the bytes: {@link
 * io.datastored.config.ConfigStore} is the seam behind which a replicated store can come in, {@link
 * io.datastored.config.AtomicFile} and {@link io.datastored.config.LockFile} are what its file
 * implementation stands on.
 *
 * <p>Everybody may call this package; it knows no other package of the project. The rule that keeps
 * it correct: parsing never throws and one faulty section never takes another one down; a rewrite
 * touches only the lines of what it changes; a save is visible whole or not at all.
 */
@NullMarked
package io.datastored.config;

import org.jspecify.annotations.NullMarked;
