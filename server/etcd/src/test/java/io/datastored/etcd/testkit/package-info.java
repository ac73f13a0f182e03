/**
 * A real etcd for tests: members in processes of their own, and what happens to them. A test that
 * uses it is tagged {@code etcd} and runs with {@code -Petcd}, after {@code .ci/etcd/build}.
 */
package io.datastored.etcd.testkit;
