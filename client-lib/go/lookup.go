package datastored

import (
	"context"
	"errors"

	pb "datastored.io/client/datastoredv1"
)

// A LookupOption says more about a Lookup or a Hold.
type LookupOption func(*pb.LookupRequest)

// AtLeast accepts no answer from a configuration older than this, such as the revision that a change was answered with.
// The server waits for it until the deadline, at most 10 s; one of another incarnation is refused with WrongIncarnation.
func AtLeast(revision Revision) LookupOption {
	return func(r *pb.LookupRequest) { r.AtLeast = revision.proto() }
}

// For is what a lease is for: shown to operators who wait for it ("verify vm/100"). At most 64 characters.
func For(purpose string) LookupOption {
	return func(r *pb.LookupRequest) { r.Purpose = purpose }
}

// Lookup asks for a datastore's settings and mode. Nothing is counted.
func (c *Client) Lookup(ctx context.Context, datastore string, opts ...LookupOption) (Answer, error) {
	ctx, done := c.call(ctx)
	defer done()
	request := &pb.LookupRequest{Datastore: datastore, Operation: pb.Operation_OPERATION_LOOKUP}
	for _, option := range opts {
		option(request)
	}
	response, _, err := c.ask(ctx, c.present(), request)
	if err != nil {
		return Answer{}, c.failed("lookup "+datastore, err)
	}
	return answerOf(response), nil
}

func answerOf(response *pb.LookupResponse) Answer {
	return Answer{datastoreOf(response.GetDatastore()), revisionOf(response.GetRevision())}
}

// Hold asks to read or write a datastore and keeps the lease until it is released or lost. The same ask is repeated with
// the same lease id while no answer comes, so it is counted once; if the context ends first, it is given back.
func (c *Client) Hold(ctx context.Context, datastore string, operation Operation, opts ...LookupOption) (*Lease, error) {
	ctx, done := c.call(ctx)
	defer done()
	request := &pb.LookupRequest{Datastore: datastore, Operation: pb.Operation(operation)}
	for _, option := range opts {
		option(request)
	}
	lease, err := c.hold(ctx, operation, request)
	if err != nil {
		return nil, c.failed("hold "+datastore, err)
	}
	return lease, nil
}

func (c *Client) hold(ctx context.Context, operation Operation, request *pb.LookupRequest) (*Lease, error) {
	pause := c.pause()
	var lease *Lease
	uncertain := false // whether an answer was lost
	for {
		session, err := c.keeper.usable(ctx)
		if err != nil {
			c.drop(lease)
			return nil, err
		}
		// Of a session that was lost meanwhile nothing can be had any more.
		if lease == nil || lease.session != session.id {
			c.drop(lease)
			lease = &Lease{
				client: c, id: newID(), session: session.id, operation: operation, purpose: request.GetPurpose(),
				lost: make(chan struct{}),
			}
			request.LeaseId = lease.id
			// Known before it is asked for: see ledger.
			c.ledger.add(lease)
		}
		request.SessionId = session.given
		// A lease is granted under the session of the server that is asked.
		response, attempts, err := c.ask(ctx, place{c.servers, session.server, (*server).byData}, request)
		uncertain = uncertain || attempts > 1
		if err == nil {
			if c.keeper.granted(session, lease, response) {
				return lease, nil
			}
			// Its time was over before the answer came.
			c.drop(lease)
			lease = nil
			continue
		}
		if errors.Is(err, errLeft) {
			continue // The same ask at the next server, with the same lease id.
		}
		refused, gone := refusedWith(err, SessionNotFound)
		if !gone {
			var answered *RefusedError
			if _, ended := refusedWith(err, LeaseEnded); ended || uncertain || !errors.As(err, &answered) {
				c.drop(lease)
			} else {
				c.ledger.remove(lease) // It was never granted.
			}
			return nil, err
		}
		c.keeper.suspect(session, refused)
		if !sleep(ctx, pause.next(0)) {
			c.drop(lease)
			return nil, &unansweredError{ctx.Err(), err}
		}
	}
}

// drop gives back what was asked for and is not wanted any more: the server may count it.
func (c *Client) drop(lease *Lease) {
	if lease != nil {
		c.returns.later(lease)
	}
}

// present is where calls go that are not bound to a server.
func (c *Client) present() place { return place{c.servers, nil, (*server).byData} }

// ask repeats a Lookup until it is answered, and counts the attempts.
func (c *Client) ask(ctx context.Context, at place, request *pb.LookupRequest) (*pb.LookupResponse, int, error) {
	return insist(ctx, at, c.pause(), func(ctx context.Context, s *server) (*pb.LookupResponse, error) {
		return s.datastores.Lookup(ctx, request)
	})
}
