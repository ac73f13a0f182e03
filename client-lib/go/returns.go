package datastored

import (
	"context"
	"sync"
	"time"

	pb "datastored.io/client/datastoredv1"
)

// Returns are the leases whose Release the server has not answered yet. Safe for concurrent use.
//
// A Release that is lost would leave a lease that a drain waits for until the session ends: so each is repeated, in one
// goroutine, until it is answered or the client is closed, which ends the session.
type returns struct {
	client *Client
	mu     sync.Mutex
	open   map[string]*Lease
	more   chan struct{}
}

func newReturns(client *Client) *returns {
	return &returns{client: client, open: make(map[string]*Lease), more: make(chan struct{}, 1)}
}

// giveBack sends the first Release itself and leaves the rest to the goroutine.
func (r *returns) giveBack(ctx context.Context, lease *Lease) error {
	ctx, done := r.client.call(ctx)
	defer done()
	pause := newBackoff(r.client.timing.firstPause, r.client.timing.longestPause)
	attempt := r.client.attemptTimeout()
	for {
		err := r.attempt(ctx, lease, attempt)
		later, askedFor := passes(err)
		if err == nil || !later {
			return err
		}
		if !sleep(ctx, pause.next(askedFor)) {
			r.later(lease)
			return r.client.unanswered(ctx, "release", err)
		}
		attempt *= 2
	}
}

// later leaves a lease to the goroutine.
func (r *returns) later(lease *Lease) {
	r.mu.Lock()
	r.open[lease.id] = lease
	r.mu.Unlock()
	select {
	case r.more <- struct{}{}:
	default:
	}
}

func (r *returns) run(ctx context.Context) {
	pause := newBackoff(r.client.timing.firstPause, r.client.timing.longestPause)
	for {
		for _, lease := range r.all() {
			err := r.attempt(ctx, lease, r.client.attemptTimeout())
			if later, askedFor := passes(err); err != nil && later {
				if !sleep(ctx, pause.next(askedFor)) {
					return
				}
				continue
			}
			pause.reset()
			r.mu.Lock()
			delete(r.open, lease.id)
			r.mu.Unlock()
		}
		if len(r.all()) > 0 {
			continue
		}
		select {
		case <-r.more:
		case <-ctx.Done():
			return
		}
	}
}

func (r *returns) all() []*Lease {
	r.mu.Lock()
	defer r.mu.Unlock()
	leases := make([]*Lease, 0, len(r.open))
	for _, lease := range r.open {
		leases = append(leases, lease)
	}
	return leases
}

// attempt sends one Release. Any answer is an answer, a refusal that does not pass too.
func (r *returns) attempt(ctx context.Context, lease *Lease, timeout time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	_, err := r.client.datastores.Release(ctx, &pb.ReleaseRequest{LeaseId: lease.id}, waitForReady)
	err = asRefusal(err)
	if later, _ := passes(err); err == nil || !later {
		r.client.ledger.remove(lease)
	}
	return err
}
