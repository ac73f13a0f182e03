package io.datastored.watch;

/**
 * A mark counts how often publications have touched a group's scope. Immutable.
 *
 * @param touches generations that touched the scope since the group was made
 * @param serial the last publication that touched it
 */
record Mark(long touches, long serial) {}
