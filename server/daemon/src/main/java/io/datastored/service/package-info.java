/**
 * The gRPC services, assembled: which class answers which call, and what stands in front of all of
 * them. The daemon may call it. What is refused is decided below; here every outcome has its status
 * from one table.
 */
@NullMarked
package io.datastored.service;

import org.jspecify.annotations.NullMarked;
