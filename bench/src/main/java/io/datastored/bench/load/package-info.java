/**
 * Load on servers in processes of their own: this one, one that only echoes messages of the same
 * types and sizes (the ceiling of the library), and etcd. All on loopback, all driven by the same
 * generator.
 */
@NullMarked
package io.datastored.bench.load;

import org.jspecify.annotations.NullMarked;
