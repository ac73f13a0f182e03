package datastored

import (
	"context"
	"errors"
	"sync"
	"time"

	pb "datastored.io/client/datastoredv1"
	"google.golang.org/protobuf/types/known/durationpb"
)

// How often the clocks are looked at while nothing is due. The runtime's timers stand still in suspend, like the
// monotonic clock, so the first look after it must come soon.
const clockLook = time.Second

type sessionState int

const (
	// Nobody has opened it yet, under this id.
	sessionNew sessionState = iota
	// The server keeps it.
	sessionOpen
	// The server was restarted: it must be opened again under the same id.
	sessionForgotten
)

// A sessionView is a session as a call found it. Immutable.
type sessionView struct {
	id string
	// What the server has made of the id: where several servers share one history, each puts its life behind it. All
	// calls but OpenSession use it.
	given   string
	server  *server
	promise *promise
}

// A keeper keeps the client's session alive: one goroutine sends what keeps it, everything else only looks or wakes it.
// Safe for concurrent use.
//
// All that renews goes through that one goroutine, one request after the other. So no KeepAlive is on its way while a
// session is opened again, and an answer of a server that knows the session but not yet its leases can be told from one
// that counts them.
type keeper struct {
	client *Client
	wake   chan struct{}

	mu    sync.Mutex
	state sessionState
	id    string
	// What the next OpenSession asks for: the same at each server, until one was told to close it.
	asked   string
	given   string
	ttl     time.Duration
	promise *promise
	due     time.Duration // by the monotonic clock
	// Whether the present server has answered an opening of this session, and those at servers that were left.
	opened bool
	left   []leftSession
	// A server that somebody has found without a connection.
	unfit   *server
	changed chan struct{} // closed and made anew when the state changes, or what stands in the way
	// What stands in the way of keeping the session; nil when nothing does. It is final if no further attempt can help, at
	// no server.
	failure error
	final   bool

	// Confined to the goroutine.
	pause       *backoff
	more, fewer int
}

func newKeeper(client *Client) *keeper {
	id := newID()
	return &keeper{
		client:  client,
		wake:    make(chan struct{}, 1),
		id:      id,
		asked:   id,
		given:   id,
		ttl:     client.options.ttl,
		changed: make(chan struct{}),
		// A server that is back is found within a second: its leases have the rest of their term only.
		pause: newBackoff(client.timing.firstPause, min(client.timing.longestPause, time.Second)),
	}
}

// usable waits until a session is open, or cannot be opened for a reason that does not pass.
func (k *keeper) usable(ctx context.Context) (sessionView, error) {
	for {
		k.mu.Lock()
		view, changed := k.view(), k.changed
		open := k.state == sessionOpen
		failure, final := k.failure, k.final
		k.mu.Unlock()
		if open && view.promise.live() {
			return view, nil
		}
		if final {
			return sessionView{}, failure
		}
		if open {
			k.wakeUp() // It is over, and the keeper may not have looked yet.
		}
		select {
		case <-changed:
		case <-ctx.Done():
			k.mu.Lock()
			defer k.mu.Unlock()
			return sessionView{}, k.unanswered(ctx)
		}
	}
}

// view is the session now. Under the lock.
func (k *keeper) view() sessionView {
	return sessionView{k.id, k.given, k.client.servers.now(), k.promise}
}

// unanswered is the end of a wait for a session. Under the lock.
func (k *keeper) unanswered(ctx context.Context) *unansweredError {
	err := k.client.servers.now().control.unanswered(ctx)
	if err.cause == nil {
		err.cause = k.failure
	}
	return err
}

// suspect is told by a call that found the session unknown to the server.
func (k *keeper) suspect(view sessionView, refused *RefusedError) {
	k.mu.Lock()
	defer k.mu.Unlock()
	// Of a later start, or another session, that refusal says nothing.
	if k.state == sessionOpen && k.promise == view.promise {
		k.unknown(refused)
	}
	k.wakeUp()
}

func (k *keeper) wakeUp() {
	select {
	case k.wake <- struct{}{}:
	default:
	}
}

// become changes the state. Under the lock.
func (k *keeper) become(state sessionState) {
	k.state = state
	k.due = 0
	k.tell()
}

// unknown is the server's word that it does not know the session. Under the lock.
func (k *keeper) unknown(refused *RefusedError) {
	// A promise that is over cannot be taken up again: somebody may have been let in.
	if refused.Metadata["recovering"] == "true" && k.promise.live() {
		k.become(sessionForgotten)
	} else {
		k.lose(SessionEnded)
	}
}

// lose gives the session up: its holders are told, and the next one has an id of its own. Under the lock.
func (k *keeper) lose(cause Cause) {
	k.promise.end()
	for _, lease := range k.client.ledger.of(k.id) {
		lease.lose(cause)
		// Whoever asks how many leases there are means those of the next session.
		k.client.ledger.remove(lease)
	}
	k.forgetLeft()
	k.id = newID()
	k.asked, k.given = k.id, k.id
	k.become(sessionNew)
}

func (k *keeper) run(ctx context.Context) {
	for ctx.Err() == nil {
		wait := k.step(ctx)
		timer := time.NewTimer(min(wait, clockLook))
		select {
		case <-timer.C:
		case <-k.wake:
			timer.Stop()
		case <-ctx.Done():
			timer.Stop()
		}
	}
}

// step does what is due, and tells when to look again.
func (k *keeper) step(ctx context.Context) time.Duration {
	k.expire()
	k.mu.Lock()
	state, view := k.state, k.view()
	wait := k.due - k.client.clock.now().monotonic
	unfit := k.unfit == view.server && state == sessionOpen
	k.unfit = nil
	k.mu.Unlock()
	var err error
	switch {
	case unfit:
		k.moveOn(false)
		return 0
	case wait > 0:
		return min(wait, k.shortest(view))
	case state == sessionOpen:
		err = k.keepAlive(ctx, view)
		if err == nil {
			err = k.continueLeases(ctx, view.promise)
		}
	default:
		err = k.open(ctx, state, view)
	}
	k.settle()
	return k.after(state, err)
}

// after says when the next thing is due, after one that was done or has failed.
func (k *keeper) after(state sessionState, err error) time.Duration {
	k.mu.Lock()
	k.noteFailure(err)
	other := k.due == 0 && k.state != state
	wait := max(0, k.due-k.client.clock.now().monotonic)
	// As it is now: that a lease was not taken up yet is no reason to leave a server that has opened the session.
	now, view := k.state, k.view()
	k.mu.Unlock()
	switch {
	case err == nil:
		k.pause.reset()
		return wait
	case other:
		return 0 // Another thing is due now.
	}
	_, askedFor := passes(err)
	wait = k.pause.next(0)
	if state != sessionOpen && askedFor > 0 {
		wait = max(wait, askedFor)
	}
	if k.client.servers.several() {
		wait = k.again(now, view, err, wait)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.due = k.client.clock.now().monotonic + wait
	return wait
}

// noteFailure keeps what stands in the way, for those who wait. That an attempt's time is over says less than what was
// met before. Under the lock.
func (k *keeper) noteFailure(err error) {
	if _, gone := refusedWith(err, SessionNotFound); gone {
		err = nil // An answer: it is opened next.
	}
	var unanswered *unansweredError
	if errors.As(err, &unanswered) && unanswered.cause == nil && k.failure != nil {
		return
	} else if unanswered != nil && unanswered.cause != nil {
		err = unanswered.cause
	}
	here := k.client.servers.now()
	if err == nil && k.failure != nil {
		// The other line may be in the middle of a long pause.
		here.data.connection.ResetConnectBackoff()
	}
	k.failure = err
	var unreachable *UnreachableError
	later, _ := here.control.again(err)
	k.final = err != nil && !later && (!errors.As(err, &unreachable) || k.client.servers.othersAreHopeless())
	if err != nil {
		k.tell()
	}
}

// tell wakes those who wait for a session. Under the lock.
func (k *keeper) tell() {
	close(k.changed)
	k.changed = make(chan struct{})
}

// expire tells the holders of what is over by the client's own clock.
func (k *keeper) expire() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.state != sessionNew && !k.promise.live() {
		k.lose(Expired)
	}
	for _, lease := range k.client.ledger.all() {
		// Looking is enough. One may be over while its session is not: what a restarted server has not taken up yet
		// has only the promise of the start before.
		lease.Alive()
	}
}

// shortest is when the next promise is over.
func (k *keeper) shortest(view sessionView) time.Duration {
	if view.promise == nil {
		return clockLook
	}
	return min(clockLook, max(k.leastLeft(view), time.Millisecond))
}

// leastLeft is what is left of the promise that is over first: of the session, or of a lease that was not taken up yet.
func (k *keeper) leastLeft(view sessionView) time.Duration {
	least := view.promise.left()
	for _, lease := range k.client.ledger.of(view.id) {
		if left := lease.left(); left > 0 {
			least = min(least, left)
		}
	}
	return least
}

// open opens the session: a new one, or the one that a restarted server has forgotten.
func (k *keeper) open(ctx context.Context, state sessionState, view sessionView) error {
	ctx, cancel := context.WithTimeout(ctx, k.client.openTimeout(state))
	defer cancel()
	k.mu.Lock()
	asked := k.asked
	k.mu.Unlock()
	var sent moment
	request := &pb.OpenSessionRequest{
		SessionId: asked,
		Holder:    k.client.options.holder(),
		Ttl:       durationpb.New(k.client.options.ttl),
	}
	opened, err := once(ctx, k, view.server, func(ctx context.Context, s *server) (*pb.OpenSessionResponse, error) {
		sent = k.client.clock.now()
		return s.sessions.OpenSession(ctx, request)
	})
	if err != nil {
		return err
	}
	view.server.control.accepted.Store(true)
	k.client.servers.reached()
	ttl := opened.GetTtl().AsDuration()
	promise := newPromise(k.client.clock, sent, ttl)
	k.mu.Lock()
	if state == sessionForgotten && !k.promise.live() {
		k.lose(Expired)
		k.mu.Unlock()
		return nil
	}
	k.given = opened.GetSessionId()
	k.opened = true
	k.promise = promise
	k.ttl = ttl
	k.more, k.fewer = 0, 0
	k.become(sessionOpen)
	k.due = sent.monotonic + k.interval(ttl)
	k.mu.Unlock()
	// Its leases still have the promise of the start before: each gets the new one when the server has taken it up.
	return k.continueLeases(ctx, promise)
}

func (k *keeper) keepAlive(ctx context.Context, view sessionView) error {
	held := k.heldUnder(view)
	before := len(k.client.ledger.of(view.id))
	ctx, cancel := context.WithTimeout(ctx, min(k.client.attemptTimeout(), view.promise.left()))
	defer cancel()
	var sent moment
	answer, err := once(ctx, k, view.server, func(ctx context.Context, s *server) (*pb.KeepAliveResponse, error) {
		sent = k.client.clock.now()
		return s.sessions.KeepAlive(ctx, &pb.KeepAliveRequest{SessionId: view.given})
	})
	if err != nil {
		if refused, gone := refusedWith(err, SessionNotFound); gone {
			k.mu.Lock()
			k.unknown(refused)
			k.mu.Unlock()
		}
		return err
	}
	ttl := answer.GetTtl().AsDuration()
	k.mu.Lock()
	defer k.mu.Unlock()
	if !view.promise.renew(sent, ttl) {
		k.lose(Expired)
		return nil
	}
	k.due = sent.monotonic + k.interval(ttl)
	for _, id := range answer.GetEndedLeaseIds() {
		if lease := k.client.ledger.find(id); lease != nil {
			lease.lose(Forced)
		}
	}
	counts := leaseCounts{
		// What was asked for or given back meanwhile may be counted or not.
		most:  max(before, len(k.client.ledger.of(view.id))),
		least: stillHeld(held, view.promise),
	}
	k.compare(ctx, view, answer.GetLeases(), counts)
	return nil
}

// interval is when to renew after sending.
func (k *keeper) interval(ttl time.Duration) time.Duration {
	return max(ttl/3, k.client.timing.shortestInterval)
}

// once makes a call of the session. Where there is one server, it is repeated for as long as the context lasts: nobody
// else could answer it.
func once[A any](
	ctx context.Context, k *keeper, s *server, call func(context.Context, *server) (A, error),
) (A, error) {
	if k.client.servers.several() {
		return attempt(ctx, s, s.control, call)
	}
	answer, _, err := insist(ctx, place{k.client.servers, s, (*server).byControl}, k.client.pause(), call)
	return answer, err
}

// granted takes a lease that was granted under a session into its holder's hands; false when its time is over, or the
// server was left for good. If the session was opened again while the answer was on its way, the start or the server that
// answers now may not count the lease: it is asked at once.
func (k *keeper) granted(view sessionView, lease *Lease, response *pb.LookupResponse) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !lease.granted(response.GetLease(), answerOf(response), view.promise) {
		return false
	}
	if k.promise != view.promise {
		k.due = 0
		k.wakeUp()
	}
	return true
}
