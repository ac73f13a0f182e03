package io.datastored.service.wire;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Iterators;
import com.google.common.collect.PeekingIterator;
import com.google.protobuf.CodedOutputStream;
import io.datastored.v1.Datastore;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.ToIntFunction;

/**
 * Frame slices cut the content of a frame into pieces that fit into a message. Confined to one
 * thread at a time. There is always a first slice, even an empty one; an item that is larger than a
 * message's room is sent alone.
 */
final class FrameSlices implements Iterator<FrameSlice> {
  /** The fields of these lists have numbers below 16 in every frame, so the tag takes one byte. */
  private static final int TAG = 1;

  private final PeekingIterator<Datastore> datastores;
  private final PeekingIterator<String> removed;
  private final int room;
  private boolean whole;

  FrameSlices(Iterator<Datastore> datastores, Iterator<String> removed, int room) {
    this.datastores = Iterators.peekingIterator(datastores);
    this.removed = Iterators.peekingIterator(removed);
    this.room = room;
  }

  @Override
  public boolean hasNext() {
    return !whole;
  }

  @Override
  public FrameSlice next() {
    if (whole) {
      throw new NoSuchElementException();
    }
    ImmutableList.Builder<Datastore> told = ImmutableList.builder();
    int left = take(datastores, told, CodedOutputStream::computeMessageSizeNoTag, room);
    ImmutableList.Builder<String> gone = ImmutableList.builder();
    if (!datastores.hasNext()) {
      take(removed, gone, CodedOutputStream::computeStringSizeNoTag, left);
    }
    whole = !datastores.hasNext() && !removed.hasNext();
    return new FrameSlice(told.build(), gone.build(), whole);
  }

  /**
   * Moves items while there is room, and at least one if the message is empty; returns the room
   * that is left.
   */
  private <T> int take(
      PeekingIterator<T> from, ImmutableList.Builder<T> to, ToIntFunction<T> size, int left) {
    while (from.hasNext()) {
      T item = requireNonNull(from.peek());
      int needed = TAG + size.applyAsInt(item);
      if (needed > left && left < room) {
        return left;
      }
      to.add(item);
      from.next();
      left -= needed;
    }
    return left;
  }
}
