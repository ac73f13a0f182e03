package datastored

import (
	"testing"
	"time"

	pb "datastored.io/client/datastoredv1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
)

type serverStream = grpc.ServerStreamingServer[pb.WatchGenerationResponse]

// silentWatch sends what opens a watch, with a bookmark that promises another one soon, and then nothing.
func silentWatch(r *pb.WatchGenerationRequest, stream serverStream) error {
	if r.GetKnown() == nil {
		if err := stream.Send(at(snapshotOf(pb.SnapshotReason_SNAPSHOT_REASON_REQUESTED, "a"), 5)); err != nil {
			return err
		}
	}
	bookmark := at(bookmarkOf(), 5)
	bookmark.GetBookmark().Interval = durationpb.New(20 * time.Millisecond)
	if err := stream.Send(bookmark); err != nil {
		return err
	}
	<-stream.Context().Done()
	return stream.Context().Err()
}

func TestWatch_silentForThreeIntervals_isOpenedAgainWhereItWas(t *testing.T) {
	server := startFakeServer(t)
	server.watch = silentWatch
	watch := server.dial(t).Watch()
	for range 3 {
		if _, err := watch.Next(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if server.called("WatchGeneration 0") != 1 || server.called("WatchGeneration 5") == 0 {
		t.Errorf("calls: %v", server.calls)
	}
}

func TestWatch_streamsThatFailAtOnce_arePausedMoreAndMore(t *testing.T) {
	server := startFakeServer(t)
	server.watch = func(_ *pb.WatchGenerationRequest, stream serverStream) error {
		_ = stream.Send(at(snapshotOf(pb.SnapshotReason_SNAPSHOT_REASON_REQUESTED, "a"), 5))
		return status.Error(codes.Unavailable, "not today")
	}
	client := server.dial(t)
	begin := time.Now()
	watch := client.Watch()
	defer watch.Close()
	if _, err := watch.Next(t.Context()); err != nil {
		t.Fatal(err)
	}
	opened := func() int { return server.called("WatchGeneration 0") + server.called("WatchGeneration 5") }
	await(t, "it is opened six times", func() bool { return opened() >= 6 })
	// Half of 10, 20, 40, 50 and 50 ms at least, though each of the streams brought something.
	if elapsed := time.Since(begin); elapsed < 85*time.Millisecond {
		t.Errorf("six streams in %v", elapsed)
	}
}

func TestWatch_unknownFrame_isOpenedAgainWithoutKnown(t *testing.T) {
	server := startFakeServer(t)
	server.watch = func(_ *pb.WatchGenerationRequest, stream serverStream) error {
		_ = stream.Send(at(snapshotOf(pb.SnapshotReason_SNAPSHOT_REASON_REQUESTED, "a"), 5))
		_ = stream.Send(at(&pb.WatchGenerationResponse{}, 6))
		<-stream.Context().Done()
		return nil
	}
	watch := server.dial(t).Watch()
	defer watch.Close()
	for range 3 {
		frame, err := watch.Next(t.Context())
		if err != nil || frame.Kind != Snapshot {
			t.Fatalf("frame %+v, %v", frame, err)
		}
	}
	if server.called("WatchGeneration 5") != 0 {
		t.Error("resumed from what an unknown frame came after")
	}
}

func TestWatch_refused_endsWithTheRefusal(t *testing.T) {
	server := startFakeServer(t)
	server.watch = func(*pb.WatchGenerationRequest, serverStream) error {
		return refusal(codes.InvalidArgument, InvalidRequest, nil)
	}
	_, err := server.dial(t).Watch(Selecting("?")).Next(t.Context())
	if _, refused := refusedWith(err, InvalidRequest); !refused {
		t.Errorf("ended with %v", err)
	}
}
