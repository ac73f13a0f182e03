package datastored

import (
	"context"
	"sync"
	"time"

	pb "datastored.io/client/datastoredv1"
)

// A Cause is a word that says how a lease was lost.
type Cause string

const (
	// Forced: the server has ended it, because a drain was forced.
	Forced Cause = "forced"
	// Expired: nobody has answered for the ttl, by the library's own clock.
	Expired Cause = "expired"
	// SessionEnded: the server does not know the session any more.
	SessionEnded Cause = "session-ended"
	// NotContinued: after a restart the server did not take the lease up again.
	NotContinued Cause = "not-continued"
	// Closed: the client was closed.
	Closed Cause = "closed"
)

type leaseState int

const (
	leaseAsked leaseState = iota
	leaseHeld
	leaseLost
	leaseReleased
)

// A Lease is a counted operation held at the server: while it is held a drain of its datastore waits. Safe for
// concurrent use.
//
// The library keeps it, over restarts of the server too, until it is released or lost. Code that was paused between a
// look at Alive and a write may still be late: only storage that compares fencing tokens keeps that out.
type Lease struct {
	client    *Client
	id        string
	session   string
	operation Operation
	purpose   string
	lost      chan struct{}

	mu     sync.Mutex
	state  leaseState
	cause  Cause
	token  int64
	answer Answer
	since  time.Duration // by the monotonic clock
	// The server's own proof that it has granted the lease, sent back as it is; empty from a server too old to make one.
	continuation string
	// Of the start of the server that has granted or continued it. A later start that has only heard of the session
	// does not count the lease yet, and so lengthens nothing of it.
	promise *promise
	// The server counts fewer leases than there are: it must be asked about this one.
	doubted bool
}

// ID is the id under which the server knows the lease.
func (l *Lease) ID() string { return l.id }

// Operation is what it was asked for.
func (l *Lease) Operation() Operation { return l.operation }

// FencingToken rises strictly with every lease that a server grants, over its restarts too. Hand it to storage that
// compares tokens.
func (l *Lease) FencingToken() int64 { return l.token }

// Datastore is the datastore as it was when the lease was granted.
func (l *Lease) Datastore() Datastore { return l.answer.Datastore }

// Revision is the one that the grant was decided on.
func (l *Lease) Revision() Revision { return l.answer.Revision }

// Alive tells whether the holder may go on: the lease is not released, the server has not ended it, and by the library's
// own clock its time is not over. A look at a clock, nothing on the wire.
func (l *Lease) Alive() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.state == leaseHeld && !l.promise.live() {
		l.loseLocked(Expired)
	}
	return l.state == leaseHeld
}

// Lost is closed when the lease is lost. Stop then, and Release it: a lease that was ended by force is waited for until
// its holder has released it. It is not closed by Release.
func (l *Lease) Lost() <-chan struct{} { return l.lost }

// Cause is how it was lost; empty before.
func (l *Lease) Cause() Cause {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cause
}

// Release gives the lease back and waits until the server has answered. If the context ends first, the library goes on
// to repeat it. May be called more than once.
func (l *Lease) Release(ctx context.Context) error {
	l.mu.Lock()
	already := l.state == leaseReleased || l.cause == Closed
	l.state = leaseReleased
	l.mu.Unlock()
	if already {
		return nil
	}
	return l.client.returns.giveBack(ctx, l)
}

// lose tells the holder.
func (l *Lease) lose(cause Cause) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.loseLocked(cause)
}

func (l *Lease) loseLocked(cause Cause) {
	switch l.state {
	case leaseHeld:
		l.state, l.cause = leaseLost, cause
		close(l.lost)
	case leaseAsked:
		// Nobody has it yet. An answer that is on its way must not make it a held one behind the back of a client that
		// is being closed: nobody would look at its clock any more.
		l.state = leaseLost
	}
}

// granted makes it a held one; false when its time is over already, or it was lost before it was granted.
func (l *Lease) granted(grant *pb.Lease, answer Answer, promise *promise) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.state != leaseAsked || !promise.live() {
		return false
	}
	l.state, l.token, l.answer, l.promise = leaseHeld, grant.GetFencingToken(), answer, promise
	l.continuation = grant.GetContinuation()
	l.since = l.client.clock.now().monotonic
	return true
}

// continued notes that the server counts it under a promise. What was over meanwhile stays lost.
func (l *Lease) continued(grant *pb.Lease, promise *promise) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if newer := grant.GetContinuation(); newer != "" {
		l.continuation = newer
	}
	if l.state == leaseHeld && !l.promise.live() {
		l.loseLocked(Expired)
	}
	if l.state == leaseHeld {
		l.promise, l.doubted = promise, false
	}
}

// proof is the newest continuation that the server has sent.
func (l *Lease) proof() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.continuation
}

func (l *Lease) doubt() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.doubted = true
}

// heldUnder tells whether it is held, and counted by the start of the server that has made that promise.
func (l *Lease) heldUnder(promise *promise) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state == leaseHeld && l.promise == promise && !l.doubted
}

// mustContinue tells whether the server has to be asked to go on with it.
func (l *Lease) mustContinue(promise *promise) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state == leaseHeld && (l.promise != promise || l.doubted)
}

// left is how long it lasts if nobody answers any more.
func (l *Lease) left() time.Duration {
	l.mu.Lock()
	promise := l.promise
	l.mu.Unlock()
	if promise == nil {
		return 0
	}
	return promise.left()
}
