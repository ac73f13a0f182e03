package datastored

import (
	"strings"
	"time"

	pb "datastored.io/client/datastoredv1"
)

// A FrameKind says what a frame does to what the follower has.
type FrameKind string

const (
	// Snapshot replaces everything.
	Snapshot FrameKind = "snapshot"
	// Change is the newest state of what changed since the frame before.
	Change FrameKind = "change"
	// Bookmark says that nothing happened up to its revision.
	Bookmark FrameKind = "bookmark"
)

// A SnapshotReason says why a snapshot was sent: REQUESTED, TOO_OLD, WRONG_INCARNATION, AHEAD or RIGHTS_CHANGED.
type SnapshotReason string

// Ahead is the one reason for which a follower goes back: the server was set back.
const Ahead SnapshotReason = "AHEAD"

// RightsChanged says that what this client may see may have changed since the revision that it knew.
const RightsChanged SnapshotReason = "RIGHTS_CHANGED"

func snapshotReasonOf(told pb.SnapshotReason) SnapshotReason {
	return SnapshotReason(strings.TrimPrefix(told.String(), "SNAPSHOT_REASON_"))
}

// A Frame is one whole step of a watch: after applying it the follower has the server's state at its revision. Treat it
// as immutable.
type Frame struct {
	Kind     FrameKind
	Revision Revision
	// Of a snapshot: why it was sent.
	Reason SnapshotReason
	// Of a snapshot every selected datastore, of a change those created or changed, and those that this client may see from
	// now on.
	Changed []Datastore
	// Of a change: the names of removed datastores, and of those that this client may no longer see.
	Removed []string
	// Of a change: how many generations it stands for; 1 for a follower that keeps up, 0 when only the
	// rights of this client changed.
	Generations int64
	// Of the first bookmark of a stream: the removable datastores, for their mount state; without settings.
	Removable []Datastore

	interval time.Duration
}
