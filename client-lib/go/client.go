package datastored

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	pb "datastored.io/client/datastoredv1"
)

// A Client is one session with a server, kept alive in the background until Close. Safe for concurrent use.
type Client struct {
	options options
	timing  timing
	clock   clock

	servers *servers
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

	close    sync.Once
	closeErr error
}

// Dial connects to a server ("127.0.0.1:7400", "unix:/path") and opens a session. When it returns, the session is open
// and kept alive. A context without a deadline is given one of 10 seconds, as in every call of this package.
//
// Where several servers share one history, target names them all ("10.0.0.1:7400,10.0.0.2:7400,10.0.0.3:7400"), in any
// order: one of them is used at a time, and the session, its leases and the watches go on at another one when it stops,
// cannot be reached, or can promise nothing.
func Dial(ctx context.Context, target string, opts ...Option) (*Client, error) {
	c, err := newClient(target, newSystemClock(), usualTiming, opts...)
	if err != nil {
		return nil, err
	}
	c.start()
	ctx, done := c.call(ctx)
	defer done()
	if _, err := c.keeper.usable(ctx); err != nil {
		_ = c.Close()
		return nil, fmt.Errorf("datastored: no session with %s: %w", target, err)
	}
	return c, nil
}

// newClient puts everything together; nothing runs yet.
func newClient(target string, clock clock, timing timing, opts ...Option) (*Client, error) {
	options := newOptions(opts)
	if options.ttl < shortestTTL || options.ttl > longestTTL {
		return nil, fmt.Errorf("datastored: invalid ttl %v (expected %v to %v; a number without a unit is nanoseconds)",
			options.ttl, shortestTTL, longestTTL)
	}
	accepted := new(atomic.Bool)
	servers, err := newServers(target, func(target string) (*server, error) {
		return newServer(target, options, timing, accepted)
	})
	if err != nil {
		return nil, err
	}
	c := &Client{
		options: options,
		timing:  timing,
		clock:   clock,
		servers: servers,
		ledger:  newLedger(),
		watches: make(map[*Watch]struct{}),
	}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	c.keeper = newKeeper(c)
	servers.unreachable = c.keeper.unreachable
	c.returns = newReturns(c)
	return c, nil
}

func (c *Client) start() {
	c.background(c.keeper.run)
	c.keeper.follow()
}

// background runs something until it ends or the client is closed. Close waits for it.
func (c *Client) background(task func(context.Context)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed {
		c.tasks.Go(func() { task(c.ctx) })
	}
}

// SessionID is the id of the present session. It changes when a session is lost.
func (c *Client) SessionID() string {
	c.keeper.mu.Lock()
	defer c.keeper.mu.Unlock()
	return c.keeper.given
}

// TTL is for how long the server keeps the session without a sign of life, as granted.
func (c *Client) TTL() time.Duration {
	c.keeper.mu.Lock()
	defer c.keeper.mu.Unlock()
	return c.keeper.ttl
}

// String shows what a log reader needs.
func (c *Client) String() string {
	return fmt.Sprintf("datastored client of %s, session %s, leases: %d", c.servers.target(), c.SessionID(), c.ledger.size())
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
	return errors.Join(err, c.servers.now().close())
}

func (c *Client) closeSession() error {
	c.keeper.mu.Lock()
	id, opened, left := c.keeper.given, c.keeper.opened, c.keeper.left
	c.keeper.left = nil
	c.keeper.mu.Unlock()
	var closing sync.WaitGroup
	defer closing.Wait()
	for _, one := range left {
		closing.Go(func() { c.keeper.closeLeft(one) })
	}
	if !opened {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), c.timing.closeTimeout)
	defer cancel()
	place := place{c.servers, c.servers.now(), (*server).byControl}
	_, _, err := insist(ctx, place, c.pause(), func(ctx context.Context, s *server) (*pb.CloseSessionResponse, error) {
		return s.sessions.CloseSession(ctx, &pb.CloseSessionRequest{SessionId: id})
	})
	if err != nil {
		return fmt.Errorf("datastored: the session was not closed: %w", err)
	}
	return nil
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

// attemptTimeout is when an answer to what keeps the session is given up for lost. A third of the ttl, so that a session
// is not lost with one answer.
func (c *Client) attemptTimeout() time.Duration {
	return max(c.TTL()/3, c.timing.shortestAttempt)
}

// openTimeout is the same for an OpenSession. A session that goes on at another server has a third of its term left then:
// two servers can be asked in it.
func (c *Client) openTimeout(state sessionState) time.Duration {
	if state == sessionForgotten && c.servers.several() {
		return max(c.TTL()/6, c.timing.shortestAttempt)
	}
	return c.attemptTimeout()
}

func (c *Client) pause() *backoff { return newBackoff(c.timing.firstPause, c.timing.longestPause) }

// failed says what could not be done, and why.
func (c *Client) failed(what string, err error) error {
	if c.ctx.Err() != nil {
		return ErrClosed
	}
	var refused *RefusedError
	var unreachable *UnreachableError
	if errors.As(err, &refused) || errors.As(err, &unreachable) {
		if !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled) {
			return err
		}
	}
	return fmt.Errorf("datastored: %s: %w", what, err)
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
