package datastored

import (
	"testing"

	pb "datastored.io/client/datastoredv1"
)

func whole(t *testing.T, message *pb.WatchGenerationResponse) *Frame {
	t.Helper()
	var parts assembly
	frame, err := parts.add(message)
	if err != nil || frame == nil {
		t.Fatalf("not a whole frame: %v, %v", frame, err)
	}
	return frame
}

func TestPosition_accept_risesOnly(t *testing.T) {
	const requested, ahead = pb.SnapshotReason_SNAPSHOT_REASON_REQUESTED, pb.SnapshotReason_SNAPSHOT_REASON_AHEAD
	const rights = pb.SnapshotReason_SNAPSHOT_REASON_RIGHTS_CHANGED
	var position position
	position.forget()
	for i, step := range []struct {
		message *pb.WatchGenerationResponse
		told    bool
		at      int64
	}{
		{at(snapshotOf(requested, "a"), 5), true, 5},
		{at(snapshotOf(requested, "a"), 5), false, 5},
		{at(bookmarkOf(), 5), true, 5},
		{at(changeOf(1, []string{"a"}), 5), false, 5},
		{at(changeOf(0, []string{"b"}, "a"), 5), true, 5},
		{at(changeOf(0, []string{"b"}), 4), false, 5},
		{at(snapshotOf(rights, "a"), 5), true, 5},
		{at(snapshotOf(rights, "a"), 4), false, 5},
		{at(changeOf(2, []string{"a"}), 7), true, 7},
		{at(changeOf(1, []string{"a"}), 6), false, 7},
		{at(bookmarkOf(), 6), false, 7},
		{at(snapshotOf(requested, "a"), 6), false, 7},
		{at(bookmarkOf(), 9), true, 9},
		{at(snapshotOf(ahead, "a"), 4), true, 4},
		{at(changeOf(1, []string{"a"}), 5), true, 5},
	} {
		told, err := position.accept(whole(t, step.message))
		if err != nil || told != step.told || position.known().Generation != step.at {
			t.Errorf("step %d: told %v, at %v, %v; want %v at %d", i, told, position.known(), err, step.told, step.at)
		}
	}
}

func TestPosition_anotherHistory_takesASnapshotOnly(t *testing.T) {
	var position position
	position.forget()
	_, _ = position.accept(whole(t, at(snapshotOf(pb.SnapshotReason_SNAPSHOT_REASON_REQUESTED, "a"), 5)))
	change := whole(t, at(changeOf(1, []string{"a"}), 6))
	change.Revision.Incarnation = "another"
	if _, err := position.accept(change); err == nil {
		t.Error("a change of another history was added to this one")
	}
	snapshot := whole(t, at(snapshotOf(pb.SnapshotReason_SNAPSHOT_REASON_WRONG_INCARNATION, "a"), 1))
	snapshot.Revision.Incarnation = "another"
	if told, err := position.accept(snapshot); !told || err != nil || position.known() != (Revision{"another", 1}) {
		t.Errorf("told %v, %v, at %v", told, err, position.known())
	}
}

func TestPosition_forgotten_asksForASnapshotAndTakesIt(t *testing.T) {
	var position position
	position.forget()
	_, _ = position.accept(whole(t, at(snapshotOf(pb.SnapshotReason_SNAPSHOT_REASON_REQUESTED, "a"), 5)))
	position.forget()
	if known := position.known(); known != (Revision{}) {
		t.Errorf("resumes from %v", known)
	}
	if _, err := position.accept(whole(t, at(changeOf(1, []string{"a"}), 6))); err == nil {
		t.Error("a change was told before the snapshot")
	}
	told, err := position.accept(whole(t, at(snapshotOf(pb.SnapshotReason_SNAPSHOT_REASON_REQUESTED, "a"), 5)))
	if !told || err != nil {
		t.Errorf("told %v, %v", told, err)
	}
}
