package datastored

// A position is the revision up to which a watch has told everything. Confined to the goroutine of its watch.
//
// It only rises within one incarnation, over streams that break and answers that come twice.
type position struct {
	at Revision
	// The next snapshot was asked for without saying what is known: it replaces everything, wherever it stands.
	fresh bool
}

// forget makes the next stream start anew.
func (p *position) forget() { p.fresh = true }

// known is where to resume from; the zero value asks for a snapshot.
func (p *position) known() Revision {
	if p.fresh {
		return Revision{}
	}
	return p.at
}

// accept takes a whole frame. It answers false for one that must not be told, and an error when the stream does not
// fit what was told before it.
func (p *position) accept(frame *Frame) (bool, error) {
	sameHistory := frame.Revision.Incarnation == p.at.Incarnation
	none := p.fresh || p.at == (Revision{})
	switch {
	case frame.Kind == Snapshot:
		old := sameHistory && (frame.Revision.Generation < p.at.Generation ||
			frame.Revision.Generation == p.at.Generation && frame.Reason != RightsChanged)
		if old && !none && frame.Reason != Ahead {
			return false, nil
		}
	case none || !sameHistory:
		// What it would be added to is not there.
		return false, errUnknownFrame
	case frame.Kind == Change && frame.Revision.Generation < p.at.Generation:
		return false, nil // Applying it would set single datastores back.
	case frame.Kind == Change && frame.Revision.Generation == p.at.Generation && frame.Generations > 0:
		return false, nil // A repetition. Without generations only the rights changed, which changes no revision.
	case frame.Kind == Bookmark && frame.Revision.Generation < p.at.Generation:
		return false, nil
	}
	p.at = frame.Revision
	p.fresh = false
	return true, nil
}
