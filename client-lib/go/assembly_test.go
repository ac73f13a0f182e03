package datastored

import (
	"errors"
	"testing"

	pb "datastored.io/client/datastoredv1"
)

func snapshotOf(reason pb.SnapshotReason, names ...string) *pb.WatchGenerationResponse {
	snapshot := &pb.WatchSnapshot{Reason: reason}
	for _, name := range names {
		snapshot.Datastores = append(snapshot.Datastores, &pb.Datastore{Name: name})
	}
	return &pb.WatchGenerationResponse{Frame: &pb.WatchGenerationResponse_Snapshot{Snapshot: snapshot}}
}

func changeOf(generations int64, changed []string, removed ...string) *pb.WatchGenerationResponse {
	change := &pb.WatchChange{Removed: removed, Generations: generations}
	for _, name := range changed {
		change.Changed = append(change.Changed, &pb.Datastore{Name: name})
	}
	return &pb.WatchGenerationResponse{Frame: &pb.WatchGenerationResponse_Change{Change: change}}
}

func bookmarkOf() *pb.WatchGenerationResponse {
	return &pb.WatchGenerationResponse{Frame: &pb.WatchGenerationResponse_Bookmark{Bookmark: &pb.WatchBookmark{}}}
}

func at(message *pb.WatchGenerationResponse, generation int64) *pb.WatchGenerationResponse {
	message.Revision = &pb.Revision{Incarnation: "0123456789abcdef", Generation: generation}
	return message
}

func names(datastores []Datastore) []string {
	var names []string
	for _, datastore := range datastores {
		names = append(names, datastore.Name)
	}
	return names
}

func TestAssembly_parts_areOneFrameWithTheRevision(t *testing.T) {
	var parts assembly
	for _, part := range []*pb.WatchGenerationResponse{changeOf(0, []string{"a", "b"}), changeOf(0, nil, "x")} {
		if frame, err := parts.add(part); frame != nil || err != nil {
			t.Fatalf("a part is answered by %v, %v", frame, err)
		}
	}
	frame, err := parts.add(at(changeOf(4, []string{"c"}, "y"), 7))
	if err != nil {
		t.Fatal(err)
	}
	if got := names(frame.Changed); len(got) != 3 || got[0] != "a" || got[2] != "c" {
		t.Errorf("changed %v", got)
	}
	if len(frame.Removed) != 2 || frame.Generations != 4 || frame.Revision.Generation != 7 {
		t.Errorf("frame %+v", frame)
	}
	next, err := parts.add(at(changeOf(1, []string{"d"}), 8))
	if err != nil || len(next.Changed) != 1 {
		t.Errorf("the next frame has something of the one before: %+v, %v", next, err)
	}
}

func TestAssembly_unknownKind_isToldSo(t *testing.T) {
	var parts assembly
	if _, err := parts.add(at(&pb.WatchGenerationResponse{}, 1)); !errors.Is(err, errUnknownFrame) {
		t.Errorf("answered by %v", err)
	}
}

func TestAssembly_partsOfTwoKinds_areToldSo(t *testing.T) {
	var parts assembly
	_, _ = parts.add(snapshotOf(pb.SnapshotReason_SNAPSHOT_REASON_REQUESTED, "a"))
	if _, err := parts.add(at(changeOf(1, []string{"b"}), 2)); !errors.Is(err, errUnknownFrame) {
		t.Errorf("answered by %v", err)
	}
}

func TestMode_ofALaterVersion_isOffline(t *testing.T) {
	for _, told := range []pb.MaintenanceMode{99, pb.MaintenanceMode_MAINTENANCE_MODE_UNSPECIFIED} {
		if mode := modeOf(told); mode != Offline {
			t.Errorf("mode %d is %v", told, mode)
		}
	}
	if mode := modeOf(pb.MaintenanceMode_MAINTENANCE_MODE_NONE); mode != None {
		t.Errorf("NONE is %v", mode)
	}
}
