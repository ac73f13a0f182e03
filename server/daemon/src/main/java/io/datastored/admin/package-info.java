/**
 * The admin listener: one HTTP port for whoever watches the server. It only reads, and it answers
 * while the gRPC side cannot: it has threads of its own, and asks whatever may hang on other
 * threads and for a limited time. The daemon may call it.
 */
@NullMarked
package io.datastored.admin;

import org.jspecify.annotations.NullMarked;
