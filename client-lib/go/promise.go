package datastored

import (
	"sync"
	"time"
)

// The wall clock may run ahead of the monotonic one by this much between two answers. Suspending the machine moves it
// by more, and so does an operator who sets it.
const wallClockAhead = time.Second

// A promise is the time for which one start of the server has promised to keep a session and what it granted under it.
// Safe for concurrent use.
//
// It counts from the sending of the request, the server counts from its arrival: the holder always stops first. Once
// over it stays over, whatever is answered late.
type promise struct {
	clock clock

	mu    sync.Mutex
	sent  moment
	until time.Duration
	over  bool
}

func newPromise(clock clock, sent moment, ttl time.Duration) *promise {
	return &promise{clock: clock, sent: sent, until: sent.monotonic + ttl}
}

// renew makes it longer by the answer to a request; false when the answer came too late.
func (p *promise) renew(sent moment, ttl time.Duration) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	// Judged by the time of the answer, not of the sending: in between somebody may have been told that it is over.
	if p.isOver() {
		return false
	}
	if sent.monotonic > p.sent.monotonic {
		p.sent = sent
	}
	// Never back: what was promised may be relied on. A shorter ttl counts from the next answer on.
	p.until = max(p.until, sent.monotonic+ttl)
	return true
}

func (p *promise) live() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.isOver()
}

// left is how long it lasts if nobody answers any more; 0 when it is over.
func (p *promise) left() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.isOver() {
		return 0
	}
	return p.until - p.clock.now().monotonic
}

// end makes it over now.
func (p *promise) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.over = true
}

func (p *promise) isOver() bool {
	now := p.clock.now()
	ahead := (now.wall - p.sent.wall) - (now.monotonic - p.sent.monotonic)
	if now.monotonic >= p.until || ahead > wallClockAhead {
		p.over = true
	}
	return p.over
}
