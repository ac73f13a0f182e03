/**
 * A fake server for the tests of programs that use the client: {@link
 * io.datastored.client.fake.FakeDatastored}. It keeps datastores, sessions and leases in memory and
 * answers by the contract; what it does not offer (drains, Status) it refuses as unimplemented.
 */
@NullMarked
package io.datastored.client.fake;

import org.jspecify.annotations.NullMarked;
