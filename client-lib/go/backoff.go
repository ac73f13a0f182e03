package datastored

import (
	"math/rand/v2"
	"time"
)

// A backoff says how long to wait before the next attempt: longer each time, never the same for two clients, and never
// shorter than the server asked for. Confined to one goroutine.
type backoff struct {
	random         func() float64
	first, longest time.Duration
	ceiling        time.Duration
}

func newBackoff(first, longest time.Duration) *backoff {
	return &backoff{random: rand.Float64, first: first, longest: longest, ceiling: first}
}

// next is half of the ceiling at least, so that a server that fails at once is not asked in a loop.
func (b *backoff) next(askedFor time.Duration) time.Duration {
	half := b.ceiling / 2
	wait := half + time.Duration(b.random()*float64(half))
	b.ceiling = min(2*b.ceiling, b.longest)
	return max(wait, askedFor)
}

func (b *backoff) reset() { b.ceiling = b.first }
