package datastored

import (
	"context"
	"errors"
	"time"

	pb "datastored.io/client/datastoredv1"
	"google.golang.org/grpc/codes"
)

// A leftSession is one at a server that the client has left. It may still count what the client has.
type leftSession struct {
	server  *server
	given   string
	promise *promise
}

// unreachable is told by whoever finds that a server has no connection any more, or says that it stops.
func (k *keeper) unreachable(server *server) {
	if !k.client.servers.several() {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if server == k.client.servers.now() {
		k.unfit = server
		k.wakeUp()
	}
}

// follow looks after the connection to the present server, so that nobody has to call it to find that it has gone.
func (k *keeper) follow() {
	if here := k.client.servers.now(); k.client.servers.several() {
		k.client.background(func(ctx context.Context) {
			here.awaitLoss(ctx)
			k.unreachable(here)
		})
	}
}

// moveOn goes on at the next server. True when all were tried and it is time for a pause.
//
// From here on no answer of the server that is left extends anything, and nothing is granted before the next one has
// opened the session. What was promised before stays, by the clock.
func (k *keeper) moveOn(noHelp bool) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	before := k.client.servers.now()
	round := k.client.servers.next(noHelp)
	if k.opened {
		k.left = append(k.left, leftSession{before, k.given, k.promise})
		k.opened = false
	} else {
		_ = before.close()
	}
	k.follow()
	if k.state == sessionOpen {
		k.become(sessionForgotten)
	}
	k.due = 0
	return round
}

// settle leaves the servers before the present one for good when nothing depends on them any more: make before break.
// Each other order is wrong.
//
//  1. The session is open at the present server.
//  2. Each lease is confirmed there. If the session were closed before: closed at server A | a drain finds the lease
//     counted neither at A nor at B | DRAINED | its holder still works, until its term of A is over by its own clock.
//  3. What A has promised ends here, and then the session is closed there. If a lease that A has granted were taken over
//     by its asker after that, it would be held and counted nowhere: so both are done under the lock.
func (k *keeper) settle() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.left) == 0 || k.state != sessionOpen {
		return
	}
	for _, lease := range k.client.ledger.of(k.id) {
		if lease.mustContinue(k.promise) {
			return
		}
	}
	for _, one := range k.left {
		one.promise.end()
		// A client that has come back to a server, or has found it at two addresses, has the same session there again.
		if one.given == k.given {
			_ = one.server.close()
			continue
		}
		// Never asked for again: a close that comes late would end the session of a client that has come back.
		k.asked = newID()
		k.client.background(func(context.Context) { k.closeLeft(one) })
	}
	k.left = nil
}

// closeLeft closes the session at a server that was left. Sent once: if it does not arrive, the session ends with its ttl.
func (k *keeper) closeLeft(left leftSession) {
	// Not the client's own: a client that is closed meanwhile wants it all the more.
	ctx, cancel := context.WithTimeout(context.Background(), k.client.timing.closeTimeout)
	defer cancel()
	_, _ = left.server.sessions.CloseSession(ctx, &pb.CloseSessionRequest{SessionId: left.given})
	_ = left.server.close()
}

// forgetLeft gives up what was left: the session is over, and its holders are told. Under the lock.
func (k *keeper) forgetLeft() {
	for _, one := range k.left {
		one.promise.end()
		_ = one.server.close()
	}
	k.left = nil
	k.opened = false
}

// again says what to do after a failure: how long to wait, and where the next attempt is made. Several servers only.
func (k *keeper) again(state sessionState, view sessionView, err error, wait time.Duration) time.Duration {
	var refused *RefusedError
	later, _ := view.server.control.again(err)
	answered := errors.As(err, &refused)
	switch {
	// It may be well again soon; but a third of the term is for the next one.
	case state == sessionOpen && (gone(err) || later && k.leastLeft(view)-wait <= k.client.TTL()/3):
		k.moveOn(false)
		return 0
	case state != sessionOpen && !answered:
		var unreachable *UnreachableError
		if k.moveOn(errors.As(err, &unreachable)) {
			return wait
		}
		return 0
	case state != sessionOpen && later && refused.Code == codes.Unavailable:
		// It answers, so the others may have the same trouble: no storm of connections.
		k.moveOn(false)
	}
	return wait
}
