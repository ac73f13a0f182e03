/**
 * A proxy that does to TCP connections what a bad network does, for tests of whatever speaks over
 * them. Refers to nothing of datastored.
 */
package io.datastored.testkit.proxy;
