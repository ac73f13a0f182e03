/**
 * The commands for a configuration that several servers share in etcd. The program may call it. A
 * command checks a configuration before it writes it, and writes only what it was told to: guarded
 * by what it has read.
 */
@NullMarked
package io.datastored.cli.cluster;

import org.jspecify.annotations.NullMarked;
