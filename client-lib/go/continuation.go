package datastored

import (
	"context"
	"errors"
	"sync"

	pb "datastored.io/client/datastoredv1"
	"google.golang.org/protobuf/types/known/durationpb"
)

// How many leases are asked to be continued at a time.
const continuedAtATime = 32

// continueLeases asks a restarted server to take the leases up that it does not count yet.
func (k *keeper) continueLeases(ctx context.Context, promise *promise) error {
	k.mu.Lock()
	view := k.view()
	k.mu.Unlock()
	if view.promise != promise {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, k.client.attemptTimeout())
	defer cancel()
	var group sync.WaitGroup
	places := make(chan struct{}, continuedAtATime)
	var mu sync.Mutex
	var open error
	for _, lease := range k.client.ledger.of(view.id) {
		if !lease.mustContinue(promise) {
			continue
		}
		places <- struct{}{}
		group.Go(func() {
			defer func() { <-places }()
			if err := k.continueLease(ctx, view, lease); err != nil {
				mu.Lock()
				open = err
				mu.Unlock()
			}
		})
	}
	group.Wait()
	return open
}

func (k *keeper) continueLease(ctx context.Context, view sessionView, lease *Lease) error {
	response, err := view.server.continuing.Lookup(ctx, &pb.LookupRequest{
		Datastore:        lease.answer.Name,
		Operation:        pb.Operation(lease.operation),
		SessionId:        view.given,
		LeaseId:          lease.id,
		HeldFencingToken: lease.token,
		KnownEtag:        lease.answer.ETag,
		Purpose:          lease.purpose,
		HeldFor:          durationpb.New(k.client.clock.now().monotonic - lease.since),
		Continuation:     lease.proof(),
	})
	err = asRefusal(err)
	if err == nil {
		lease.continued(response.GetLease(), view.promise)
		return nil
	}
	if refused, gone := refusedWith(err, SessionNotFound); gone {
		k.suspect(view, refused)
		return err
	}
	var refused *RefusedError
	if later, _ := view.server.control.again(err); !later && errors.As(err, &refused) {
		lease.lose(NotContinued)
		return nil
	}
	return err
}
