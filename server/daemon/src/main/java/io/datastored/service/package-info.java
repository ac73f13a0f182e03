/**
 * The gRPC services, assembled: which class answers which call, and which interceptors run before
 * all of them. The daemon may call it. The rooms below decide what is refused; here one table maps
 * each outcome to its status.
 */
@NullMarked
package io.datastored.service;

import org.jspecify.annotations.NullMarked;
