package datastored

import (
	"context"

	pb "datastored.io/client/datastoredv1"
)

// How many releases are sent at a time in the background.
const returnedAtATime = 32

// Returns are the leases whose Release the server has not answered yet. Safe for concurrent use.
//
// A Release that is lost would leave a lease that a drain waits for until the session ends: so each is repeated until it
// is answered or the client is closed, which ends the session.
type returns struct {
	client *Client
	places chan struct{}
}

func newReturns(client *Client) *returns {
	return &returns{client: client, places: make(chan struct{}, returnedAtATime)}
}

// giveBack sends the first Release itself and leaves the rest to the background.
func (r *returns) giveBack(ctx context.Context, lease *Lease) error {
	ctx, done := r.client.call(ctx)
	defer done()
	err := r.tell(ctx, lease)
	if ctx.Err() != nil && err != nil {
		r.later(lease)
		return r.client.failed("release the lease on "+lease.answer.Name, err)
	}
	return err
}

// later leaves a lease to the background.
func (r *returns) later(lease *Lease) {
	r.client.background(func(ctx context.Context) {
		select {
		case r.places <- struct{}{}:
			defer func() { <-r.places }()
		case <-ctx.Done():
			return
		}
		for ctx.Err() == nil {
			attempt, cancel := context.WithTimeout(ctx, r.client.timing.returnTimeout)
			err := r.tell(attempt, lease)
			over := attempt.Err() != nil && err != nil
			cancel()
			if !over {
				return
			}
		}
	})
}

// tell insists on one Release. Any answer is an answer, a refusal that does not pass too.
func (r *returns) tell(ctx context.Context, lease *Lease) error {
	c := r.client
	_, _, err := insist(ctx, c.present(), c.pause(), func(ctx context.Context, s *server) (*pb.ReleaseResponse, error) {
		return s.datastores.Release(ctx, &pb.ReleaseRequest{LeaseId: lease.id})
	})
	if err == nil || ctx.Err() == nil {
		c.ledger.remove(lease)
	}
	return err
}
