/**
 * A fake server for tests of programs that use the client: {@link
 * io.datastored.client.fake.FakeDatastored}. It keeps datastores, sessions and leases in memory and
 * follows the contract; it rejects calls that it does not support (drains, Status) as
 * UNIMPLEMENTED.
 */
@NullMarked
package io.datastored.client.fake;

import org.jspecify.annotations.NullMarked;
