package io.datastored.watch;

/**
 * A mark is how often a group's selection had been touched by a publication. Immutable.
 *
 * @param touches generations that touched the selection since the group was made
 * @param serial the last publication that did
 */
record Mark(long touches, long serial) {}
