package datastored

import "sync"

// A ledger is every lease that the server may count for this client: asked for, held, lost but not given back, and
// being given back. Safe for concurrent use.
//
// A lease is in it before its Lookup is sent and until its Release is answered. So what the server lists and the ledger
// does not know is nobody's.
type ledger struct {
	mu     sync.Mutex
	leases map[string]*Lease
}

func newLedger() *ledger { return &ledger{leases: make(map[string]*Lease)} }

func (l *ledger) add(lease *Lease) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.leases[lease.id] = lease
}

func (l *ledger) remove(lease *Lease) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.leases, lease.id)
}

func (l *ledger) find(id string) *Lease {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.leases[id]
}

func (l *ledger) size() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.leases)
}

// of is a copy of all leases of a session.
func (l *ledger) of(session string) []*Lease {
	l.mu.Lock()
	defer l.mu.Unlock()
	var leases []*Lease
	for _, lease := range l.leases {
		if lease.session == session {
			leases = append(leases, lease)
		}
	}
	return leases
}

func (l *ledger) all() []*Lease {
	l.mu.Lock()
	defer l.mu.Unlock()
	leases := make([]*Lease, 0, len(l.leases))
	for _, lease := range l.leases {
		leases = append(leases, lease)
	}
	return leases
}
