/**
 * Load on servers in separate processes: datastored, a server that only echoes messages of the same
 * types and sizes (the ceiling of the library), and etcd. All run on loopback and are driven by the
 * same generator.
 */
@NullMarked
package io.datastored.bench.load;

import org.jspecify.annotations.NullMarked;
