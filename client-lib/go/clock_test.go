package datastored

import (
	"sync"
	"time"
)

// A manualClock goes when it is told to.
type manualClock struct {
	mu sync.Mutex
	at moment
}

func (c *manualClock) now() moment {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// pass lets time go by on both clocks.
func (c *manualClock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at.monotonic += d
	c.at.wall += d
}

// suspend lets time go by that the monotonic clock does not see.
func (c *manualClock) suspend(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at.wall += d
}
