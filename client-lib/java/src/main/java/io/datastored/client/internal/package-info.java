/**
 * The implementation of the client, which is assembled here. Not for users: nothing below this
 * package is part of the API. State that is "confined to the loop" is accessed by one task of a
 * client at a time; lookups read a few volatile fields that hold immutable values.
 */
@NullMarked
package io.datastored.client.internal;

import org.jspecify.annotations.NullMarked;
