package datastored

import (
	"errors"

	pb "datastored.io/client/datastoredv1"
)

// errUnknownFrame says that the stream makes no sense to this version: watch again without a known revision.
var errUnknownFrame = errors.New("datastored: a frame of a kind that this version does not know")

// An assembly keeps the parts of a frame until it is whole. Confined to the goroutine of its stream.
type assembly struct {
	parts *Frame
}

// add takes a message of the stream. The frame is whole with the message that has a revision, and nil before.
func (a *assembly) add(message *pb.WatchGenerationResponse) (*Frame, error) {
	part, err := frameOf(message)
	if err != nil {
		return nil, err
	}
	if a.parts == nil {
		a.parts = part
	} else if err := a.parts.append(part); err != nil {
		return nil, err
	}
	if message.GetRevision() == nil {
		return nil, nil
	}
	whole := a.parts
	whole.Revision = revisionOf(message.GetRevision())
	a.parts = nil
	return whole, nil
}

func frameOf(message *pb.WatchGenerationResponse) (*Frame, error) {
	switch frame := message.GetFrame().(type) {
	case *pb.WatchGenerationResponse_Snapshot:
		return &Frame{
			Kind:    Snapshot,
			Reason:  snapshotReasonOf(frame.Snapshot.GetReason()),
			Changed: datastoresOf(frame.Snapshot.GetDatastores()),
		}, nil
	case *pb.WatchGenerationResponse_Change:
		return &Frame{
			Kind:        Change,
			Changed:     datastoresOf(frame.Change.GetChanged()),
			Removed:     frame.Change.GetRemoved(),
			Generations: frame.Change.GetGenerations(),
		}, nil
	case *pb.WatchGenerationResponse_Bookmark:
		return &Frame{
			Kind:      Bookmark,
			Removable: datastoresOf(frame.Bookmark.GetRemovable()),
			interval:  frame.Bookmark.GetInterval().AsDuration(),
		}, nil
	default:
		return nil, errUnknownFrame
	}
}

// append takes over what a further part says. Each part has its own share of the lists; the number is in one of them.
func (f *Frame) append(part *Frame) error {
	if part.Kind != f.Kind {
		return errUnknownFrame
	}
	f.Changed = append(f.Changed, part.Changed...)
	f.Removed = append(f.Removed, part.Removed...)
	f.Removable = append(f.Removable, part.Removable...)
	f.Generations += part.Generations
	f.interval = max(f.interval, part.interval)
	return nil
}
