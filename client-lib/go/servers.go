package datastored

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"

	pb "datastored.io/client/datastoredv1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/status"
)

// errLeft ends what was bound to a server that the client has left for another one.
var errLeft = errors.New("datastored: the client goes on at another server")

// A server is one of those that share a history, with the connections to it. Safe for concurrent use.
type server struct {
	// For what is asked and watched, and for what keeps the session and its leases: thousands of calls in flight, or a
	// flood of answers, do not stand before a KeepAlive.
	data, control *line

	datastores pb.DatastoreServiceClient // by data
	sessions   pb.SessionServiceClient   // by control
	continuing pb.DatastoreServiceClient // by control

	// Done when the client has gone on to another server. The connections stay until its session is closed.
	left  context.Context
	leave context.CancelFunc
}

func newServer(target string, options options, timing timing, accepted *atomic.Bool) (*server, error) {
	data, err := newLine(target, options, timing, accepted)
	if err != nil {
		return nil, err
	}
	control, err := newLine(target, options, timing, accepted)
	if err != nil {
		_ = data.connection.Close()
		return nil, err
	}
	s := &server{
		data:       data,
		control:    control,
		datastores: pb.NewDatastoreServiceClient(data.connection),
		sessions:   pb.NewSessionServiceClient(control.connection),
		continuing: pb.NewDatastoreServiceClient(control.connection),
	}
	s.left, s.leave = context.WithCancel(context.Background())
	return s, nil
}

func (s *server) isLeft() bool { return s.left.Err() != nil }

// while is a context that ends with the caller's, or when the client leaves the server.
func (s *server) while(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(s.left, func() { cancel(errLeft) })
	return ctx, func() {
		stop()
		cancel(nil)
	}
}

// awaitLoss returns when the connection of the session, once made, is lost, or is to be given up because the server
// stops (GOAWAY); or when the client has left the server.
func (s *server) awaitLoss(ctx context.Context) {
	ctx, done := s.while(ctx)
	defer done()
	for state := s.control.connection.GetState(); ; {
		if !s.control.connection.WaitForStateChange(ctx, state) || state == connectivity.Ready {
			return
		}
		state = s.control.connection.GetState()
	}
}

func (s *server) close() error {
	s.leave()
	return errors.Join(s.data.connection.Close(), s.control.connection.Close())
}

// Servers are the targets of a client: the servers that share one history. One of them is the present one; each client
// has them in its own order, so that those of a server that stops spread over the others. Safe for concurrent use.
type servers struct {
	connect func(target string) (*server, error)
	// Is told of a server that has no connection.
	unreachable func(*server)

	mu      sync.Mutex
	targets []string
	at      int
	present *server
	// How many were left, one after the other, since one has answered; and how many of the last ones because no further
	// attempt can help there.
	passed, hopeless int
}

// newServers takes targets as they are given to Dial, with commas between them.
func newServers(targets string, connect func(target string) (*server, error)) (*servers, error) {
	s := &servers{connect: connect}
	for target := range strings.SplitSeq(targets, ",") {
		target = strings.TrimSpace(target)
		// Each is looked at now: a mistake in one is not to be found years later, when the others are down.
		server, err := connect(target)
		if err != nil {
			return nil, err
		}
		_ = server.close()
		s.targets = append(s.targets, target)
	}
	rand.Shuffle(len(s.targets), func(i, j int) { s.targets[i], s.targets[j] = s.targets[j], s.targets[i] })
	var err error
	s.present, err = connect(s.targets[0])
	return s, err
}

func (s *servers) several() bool { return len(s.targets) > 1 }

func (s *servers) now() *server {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.present
}

func (s *servers) target() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.targets[s.at]
}

// next makes the next one the present one, and leaves the one before it. True when all were left since one has answered:
// it is time for a pause.
func (s *servers) next(noHelp bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if noHelp {
		s.hopeless++
	} else {
		s.hopeless = 0
	}
	s.passed++
	s.at = (s.at + 1) % len(s.targets)
	next, err := s.connect(s.targets[s.at])
	if err != nil {
		panic(err) // It was connected in the same way by newServers.
	}
	before := s.present
	s.present = next
	before.leave()
	return s.passed%len(s.targets) == 0
}

// reached notes that the present one has answered.
func (s *servers) reached() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.passed, s.hopeless = 0, 0
}

// othersAreHopeless tells whether no further attempt can help at any of the others.
func (s *servers) othersAreHopeless() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hopeless >= len(s.targets)-1
}

// gone tells whether a server was not reached, has ended the connection, or has not answered in time.
func gone(err error) bool {
	var refused *RefusedError
	var unreachable *UnreachableError
	var unanswered *unansweredError
	if errors.As(err, &refused) {
		return false
	}
	return errors.As(err, &unreachable) || errors.As(err, &unanswered) || status.Code(err) == codes.Unavailable
}
