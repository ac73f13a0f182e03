package datastored

import (
	"fmt"

	pb "datastored.io/client/datastoredv1"
)

// A Revision is one point in one history of a server. Revisions of different incarnations cannot be compared. The zero
// value is no revision.
type Revision struct {
	Incarnation string
	Generation  int64
}

func revisionOf(told *pb.Revision) Revision {
	return Revision{told.GetIncarnation(), told.GetGeneration()}
}

func (r Revision) proto() *pb.Revision {
	if r == (Revision{}) {
		return nil
	}
	return &pb.Revision{Incarnation: r.Incarnation, Generation: r.Generation}
}

// String is incarnation/generation, as the server's command prints it.
func (r Revision) String() string { return fmt.Sprintf("%s/%d", r.Incarnation, r.Generation) }
