package datastored

import "time"

// A moment is one reading of both clocks, each since a point of its own.
type moment struct {
	// What counts. It stands still while the machine is suspended.
	monotonic time.Duration
	// What may only shorten.
	wall time.Duration
}

// A clock tells the time. Safe for concurrent use.
type clock interface {
	now() moment
}

// A systemClock is the machine's own clock.
type systemClock struct{ start time.Time }

func newSystemClock() systemClock { return systemClock{time.Now()} }

func (c systemClock) now() moment {
	now := time.Now()
	// Sub takes the monotonic readings where there are two; Round strips them.
	return moment{now.Sub(c.start), now.Round(0).Sub(c.start.Round(0))}
}
