package datastored

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	pb "datastored.io/client/datastoredv1"
	"google.golang.org/grpc"
	grpcbackoff "google.golang.org/grpc/backoff"
	"google.golang.org/grpc/keepalive"
)

// A call waits for a connection within its time instead of failing at once.
var waitForReady = grpc.WaitForReady(true)

// A Client is one session with a server, kept alive in the background until Close. Safe for concurrent use.
type Client struct {
	options options
	timing  timing
	clock   clock

	connection *grpc.ClientConn
	datastores pb.DatastoreServiceClient
	sessions   pb.SessionServiceClient

	keeper  *keeper
	ledger  *ledger
	returns *returns

	// Done from Close on, and with it everything in the background.
	ctx    context.Context
	cancel context.CancelFunc
	tasks  sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	watches map[*Watch]struct{}
	opening error // why the first session cannot be opened
	refused chan struct{}

	close    sync.Once
	closeErr error
}

// Dial connects to a server ("127.0.0.1:7400", "unix:/path") and opens a session. When it returns, the session is open
// and kept alive. A context without a deadline is given one of 10 seconds, as in every call of this package.
func Dial(ctx context.Context, target string, opts ...Option) (*Client, error) {
	c, err := newClient(target, newSystemClock(), usualTiming, opts...)
	if err != nil {
		return nil, err
	}
	c.start()
	ctx, done := c.call(ctx)
	defer done()
	if err := c.opened(ctx); err != nil {
		_ = c.Close()
		return nil, fmt.Errorf("datastored: no session with %s: %w", target, err)
	}
	return c, nil
}

// newClient puts everything together; nothing runs yet.
func newClient(target string, clock clock, timing timing, opts ...Option) (*Client, error) {
	options := newOptions(opts)
	connection, err := grpc.NewClient(target, append([]grpc.DialOption{
		grpc.WithTransportCredentials(options.credentials),
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff: grpcbackoff.Config{
				BaseDelay: timing.firstPause, Multiplier: 1.6, Jitter: 0.3, MaxDelay: timing.longestPause,
			},
			MinConnectTimeout: timing.connectTimeout,
		}),
		// A peer that vanished says nothing. Not more often than the server permits, 10 s.
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 15 * time.Second, Timeout: 5 * time.Second}),
	}, options.dial...)...)
	if err != nil {
		return nil, fmt.Errorf("datastored: %w", err)
	}
	c := &Client{
		options:    options,
		timing:     timing,
		clock:      clock,
		connection: connection,
		datastores: pb.NewDatastoreServiceClient(connection),
		sessions:   pb.NewSessionServiceClient(connection),
		ledger:     newLedger(),
		watches:    make(map[*Watch]struct{}),
		refused:    make(chan struct{}, 1),
	}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	c.keeper = newKeeper(c)
	c.returns = newReturns(c)
	return c, nil
}

func (c *Client) start() {
	c.background(c.keeper.run)
	c.background(c.returns.run)
}

// background runs something until it ends or the client is closed. Close waits for it.
func (c *Client) background(task func(context.Context)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed {
		c.tasks.Go(func() { task(c.ctx) })
	}
}

// opened waits for the first session.
func (c *Client) opened(ctx context.Context) error {
	usable := make(chan error, 1)
	waiting, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		_, err := c.keeper.usable(waiting)
		usable <- err
	}()
	select {
	case err := <-usable:
		c.mu.Lock()
		defer c.mu.Unlock()
		if err != nil && c.opening != nil {
			return fmt.Errorf("%w: %w", err, c.opening)
		}
		return err
	case <-c.refused:
		cancel()
		<-usable
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.opening
	}
}

// refusedToOpen is told why a session could not be opened. What does not pass ends the waiting of Dial.
func (c *Client) refusedToOpen(err error, later bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	// The end of an attempt's time says less than what the transport said before.
	if c.opening == nil || !errors.Is(err, context.DeadlineExceeded) {
		c.opening = err
	}
	if !later {
		select {
		case c.refused <- struct{}{}:
		default:
		}
	}
}

// SessionID is the id of the present session. It changes when a session is lost.
func (c *Client) SessionID() string {
	c.keeper.mu.Lock()
	defer c.keeper.mu.Unlock()
	return c.keeper.id
}

// TTL is for how long the server keeps the session without a sign of life, as granted.
func (c *Client) TTL() time.Duration {
	c.keeper.mu.Lock()
	defer c.keeper.mu.Unlock()
	return c.keeper.ttl
}

// String shows what a log reader needs.
func (c *Client) String() string {
	return fmt.Sprintf("datastored client of %s, session %s, leases: %d", c.connection.Target(), c.SessionID(), len(c.ledger.all()))
}

// Close ends all watches, closes the session at the server and with it all leases, and returns when nothing is left in
// the background. Their holders are told. May be called more than once.
//
// It waits for the server for 5 seconds at most. An error says that the server did not answer: then the session ends by
// itself after its ttl.
func (c *Client) Close() error {
	c.close.Do(func() { c.closeErr = c.end() })
	return c.closeErr
}

func (c *Client) end() error {
	c.mu.Lock()
	c.closed = true
	watches := make([]*Watch, 0, len(c.watches))
	for watch := range c.watches {
		watches = append(watches, watch)
	}
	c.mu.Unlock()
	c.cancel()
	for _, watch := range watches {
		watch.Close()
	}
	c.tasks.Wait()
	// The holders are told before the server: the other way round somebody could be let in beside one that goes on.
	for _, lease := range c.ledger.all() {
		lease.lose(Closed)
	}
	err := c.closeSession()
	return errors.Join(err, c.connection.Close())
}

func (c *Client) closeSession() error {
	c.keeper.mu.Lock()
	id, opened := c.keeper.id, c.keeper.promise != nil
	c.keeper.mu.Unlock()
	if !opened {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), c.timing.closeTimeout)
	defer cancel()
	pause := newBackoff(c.timing.firstPause, c.timing.longestPause)
	for {
		attempt, done := context.WithTimeout(ctx, c.attemptTimeout())
		_, err := c.sessions.CloseSession(attempt, &pb.CloseSessionRequest{SessionId: id}, waitForReady)
		done()
		if err == nil {
			return nil
		}
		err = asRefusal(err)
		later, askedFor := passes(err)
		if !later || !sleep(ctx, pause.next(askedFor)) {
			return fmt.Errorf("datastored: the session was not closed: %w", err)
		}
	}
}

func (c *Client) addWatch(w *Watch) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	c.watches[w] = struct{}{}
	return true
}

func (c *Client) removeWatch(w *Watch) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.watches, w)
}

// applied is what all watches have applied: the least of them. Nothing for a client that does not cache.
func (c *Client) applied() Revision {
	c.mu.Lock()
	defer c.mu.Unlock()
	var least Revision
	if !c.options.caches {
		return least
	}
	for watch := range c.watches {
		applied := watch.applied.Load()
		if applied == nil {
			return Revision{}
		}
		if least != (Revision{}) && applied.Incarnation != least.Incarnation {
			return Revision{} // One of them is about to start anew.
		}
		if least == (Revision{}) || applied.Generation < least.Generation {
			least = *applied
		}
	}
	return least
}

// call is a caller's context with a deadline, that ends with the client too.
func (c *Client) call(ctx context.Context) (context.Context, func()) {
	var cancel context.CancelFunc
	if _, limited := ctx.Deadline(); limited {
		ctx, cancel = context.WithCancel(ctx)
	} else {
		ctx, cancel = context.WithTimeout(ctx, c.timing.callTimeout)
	}
	stop := context.AfterFunc(c.ctx, cancel)
	return ctx, func() {
		stop()
		cancel()
	}
}

// attemptTimeout is when an answer is given up for lost. A third of the ttl, so that a session is not lost with one
// answer.
func (c *Client) attemptTimeout() time.Duration {
	return max(c.TTL()/3, c.timing.shortestAttempt)
}

// unanswered says why a call ran out of time.
func (c *Client) unanswered(ctx context.Context, what string, last error) error {
	if c.ctx.Err() != nil {
		return ErrClosed
	}
	if last == nil || errors.Is(last, ctx.Err()) {
		return fmt.Errorf("datastored: %s: %w", what, ctx.Err())
	}
	return fmt.Errorf("datastored: %s: %w, and before: %w", what, ctx.Err(), last)
}

// sleep waits; false when the context ended before.
func sleep(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
