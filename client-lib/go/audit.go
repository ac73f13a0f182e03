package datastored

import (
	"context"

	pb "datastored.io/client/datastoredv1"
)

// Lease counts are the bounds of what the server can rightly count.
type leaseCounts struct{ most, least int }

// compare looks whether the server counts what the ledger knows. Once may be a call on its way; twice is not. Under the
// lock.
func (k *keeper) compare(ctx context.Context, view sessionView, told int64, counts leaseCounts) {
	if told > int64(counts.most) {
		k.more++
	} else {
		k.more = 0
	}
	if told < int64(counts.least) {
		k.fewer++
	} else {
		k.fewer = 0
	}
	if k.more >= 2 {
		k.more = 0
		// Not under the lock: it asks the server.
		k.client.background(func(ctx context.Context) { k.releaseUnknown(ctx, view) })
	}
	if k.fewer >= 2 {
		k.fewer = 0
		for _, lease := range k.client.ledger.of(view.id) {
			lease.doubt()
		}
	}
}

// releaseUnknown gives back what the server counts and nobody knows: a Lookup that was delayed until after its Release.
func (k *keeper) releaseUnknown(ctx context.Context, view sessionView) {
	page := ""
	for {
		attempt, cancel := context.WithTimeout(ctx, k.client.attemptTimeout())
		listed, err := view.server.sessions.ListLeases(attempt, &pb.ListLeasesRequest{SessionId: view.given, PageToken: page})
		cancel()
		if err != nil {
			return // The count will be wrong the next two times too.
		}
		for _, held := range listed.GetLeases() {
			id := held.GetLease().GetLeaseId()
			if k.client.ledger.find(id) == nil {
				k.client.returns.later(&Lease{client: k.client, id: id, session: view.id})
			}
		}
		if page = listed.GetNextPageToken(); page == "" {
			return
		}
	}
}

func (k *keeper) heldUnder(view sessionView) []*Lease {
	var held []*Lease
	for _, lease := range k.client.ledger.of(view.id) {
		if lease.heldUnder(view.promise) {
			held = append(held, lease)
		}
	}
	return held
}

func stillHeld(leases []*Lease, promise *promise) int {
	held := 0
	for _, lease := range leases {
		if lease.heldUnder(promise) {
			held++
		}
	}
	return held
}
