package io.datastored.service.wire;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Iterators;
import io.datastored.config.DatastoreName;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.service.wire.ProtoDatastores.Setter;
import io.datastored.v1.WatchBookmark;
import io.datastored.v1.WatchChange;
import io.datastored.v1.WatchGenerationResponse;
import io.datastored.v1.WatchSnapshot;
import io.datastored.watch.Frame;
import io.datastored.watch.FrameEncoder;
import io.datastored.watch.Scope;
import io.datastored.watch.View;
import java.util.Iterator;
import java.util.function.Function;

/**
 * Proto frames encode frames as messages of the contract that stay below its size limit. Immutable.
 */
public final class ProtoFrames implements FrameEncoder {
  /**
   * 32 KiB on the wire, less the fields beside datastores and names. The transport copies a whole
   * message for each stream that it is sent on.
   */
  public static final int ROOM = (32 << 10) - 256;

  /**
   * Appended to the last message of a frame: asks the client to report at once what it has applied.
   */
  public static final byte[] ACK_REQUESTED =
      WatchGenerationResponse.newBuilder().setAckRequested(true).build().toByteArray();

  private final int room;

  /**
   * Encodes with this limit.
   *
   * @param room bytes of datastores and names in one message
   */
  public ProtoFrames(int room) {
    this.room = room;
  }

  @Override
  public Iterator<byte[]> encode(Frame frame) {
    if (frame instanceof Frame.Snapshot snapshot) {
      return parts(
          slices(
              snapshot.datastores(),
              datastore -> of(datastore, snapshot.scope()),
              ImmutableList.of()),
          snapshot,
          slice -> message(snapshot, slice));
    }
    if (frame instanceof Frame.Change change) {
      return parts(
          slices(change.changed(), datastore -> of(datastore, change.scope()), change.removed()),
          change,
          slice -> message(change, slice));
    }
    Frame.Bookmark bookmark = (Frame.Bookmark) frame;
    return parts(
        slices(
            bookmark.removable(),
            datastore -> of(datastore, View.BASIC, bookmark.scope()),
            ImmutableList.of()),
        bookmark,
        slice -> message(bookmark, slice));
  }

  private FrameSlices slices(
      ImmutableList<Datastore> datastores,
      com.google.common.base.Function<Datastore, io.datastored.v1.Datastore> shown,
      ImmutableList<DatastoreName> removed) {
    return new FrameSlices(
        Iterators.transform(datastores.iterator(), shown),
        Iterators.transform(removed.iterator(), DatastoreName::value),
        room);
  }

  private static io.datastored.v1.Datastore of(Datastore datastore, Scope scope) {
    return of(datastore, scope.showsSettings(datastore.name()) ? View.FULL : View.BASIC, scope);
  }

  private static io.datastored.v1.Datastore of(Datastore datastore, View view, Scope scope) {
    return ProtoDatastores.of(
        datastore, view, scope.showsHolders(datastore.name()) ? Setter.SHOWN : Setter.HIDDEN);
  }

  private static Iterator<byte[]> parts(
      FrameSlices slices,
      Frame frame,
      Function<FrameSlice, WatchGenerationResponse.Builder> message) {
    return Iterators.transform(
        slices,
        slice -> {
          WatchGenerationResponse.Builder part = message.apply(slice);
          // On the last part only. A client resumes from the last revision that it has received:
          // with a revision on an earlier part, a stream that breaks in the middle would never
          // deliver the rest.
          if (slice.isLast()) {
            part.setRevision(ProtoDatastores.revision(frame.revision()))
                .setFiltered(frame.scope().isFiltered());
          }
          return part.build().toByteArray();
        });
  }

  private static WatchGenerationResponse.Builder message(Frame.Snapshot snapshot, FrameSlice part) {
    return WatchGenerationResponse.newBuilder()
        .setSnapshot(
            WatchSnapshot.newBuilder()
                .setReason(ProtoWords.SNAPSHOT_REASONS.of(snapshot.reason()))
                .addAllDatastores(part.datastores()));
  }

  private static WatchGenerationResponse.Builder message(Frame.Change change, FrameSlice part) {
    WatchChange.Builder told =
        WatchChange.newBuilder().addAllChanged(part.datastores()).addAllRemoved(part.removed());
    if (part.isLast()) {
      told.setGenerations(change.generations()); // once, because a client adds them up
    }
    return WatchGenerationResponse.newBuilder().setChange(told);
  }

  private static WatchGenerationResponse.Builder message(Frame.Bookmark bookmark, FrameSlice part) {
    return WatchGenerationResponse.newBuilder()
        .setBookmark(
            WatchBookmark.newBuilder()
                .addAllRemovable(part.datastores())
                .setInterval(ProtoTimes.duration(bookmark.interval())));
  }
}
