package datastored

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	grpcbackoff "google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/resolver"
	"google.golang.org/grpc/status"
)

// An UnreachableError says that no datastored server can be used at the target, and that waiting does not change it:
// unknown host, certificate that is not trusted, refused identity, another kind of server. Immutable.
type UnreachableError struct {
	Target string
	// What stands in the way.
	Err error
}

// Error names the target and what stands in the way.
func (e *UnreachableError) Error() string {
	return fmt.Sprintf("datastored: %s cannot be used: %v", e.Target, e.Err)
}

// Unwrap is what stands in the way.
func (e *UnreachableError) Unwrap() error { return e.Err }

// An unansweredError is the end of a call's time, and what stood in its way before. Immutable.
type unansweredError struct {
	ended error // of the context
	cause error // nil when there was only silence
}

func (e *unansweredError) Error() string {
	if e.cause == nil {
		return e.ended.Error()
	}
	return fmt.Sprintf("%v: %v", e.ended, e.cause)
}

func (e *unansweredError) Unwrap() []error {
	if e.cause == nil {
		return []error{e.ended}
	}
	return []error{e.ended, e.cause}
}

// A line is one connection to the server, and what lastingly stands in its way. Safe for concurrent use.
type line struct {
	connection *grpc.ClientConn
	fault      *handshakeFault
	// Whether a server has accepted this client's credentials before, on any line.
	accepted *atomic.Bool
	// What the last call met that the server has not answered; nil when the last was answered.
	trouble atomic.Pointer[error]
}

// newLine makes a connection of its own; it is opened by the first call.
func newLine(target string, options options, timing timing, accepted *atomic.Bool) (*line, error) {
	if err := checkTarget(target); err != nil {
		return nil, err
	}
	fault := &handshakeFault{}
	connection, err := grpc.NewClient(target, append([]grpc.DialOption{
		grpc.WithTransportCredentials(watchedCredentials{options.credentials, fault}),
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff: grpcbackoff.Config{
				BaseDelay: timing.firstPause, Multiplier: 1.6, Jitter: 0.3,
				// A server that is back is found within a second: its leases have the rest of their term only.
				MaxDelay: min(timing.longestPause, time.Second),
			},
			MinConnectTimeout: timing.connectTimeout,
		}),
		// A peer that vanished says nothing. Not more often than the server permits, 10 s.
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 15 * time.Second, Timeout: 5 * time.Second}),
	}, options.dial...)...)
	if err != nil {
		return nil, fmt.Errorf("datastored: %w", err)
	}
	return &line{connection: connection, fault: fault, accepted: accepted}, nil
}

// checkTarget refuses what can never be the address of a server.
func checkTarget(target string) error {
	scheme, rest, schemed := strings.Cut(target, ":")
	if schemed && (scheme == "unix" || scheme == "unix-abstract") {
		if strings.Trim(rest, "/") != "" {
			return nil
		}
	} else if schemed && strings.HasPrefix(rest, "//") {
		if resolver.Get(scheme) != nil {
			return nil
		}
	} else if host, port, err := net.SplitHostPort(target); err == nil && !strings.ContainsAny(host, " \t\r\n/") {
		if number, err := strconv.ParseUint(port, 10, 16); err == nil && number > 0 {
			return nil
		}
	}
	return fmt.Errorf("datastored: invalid target %q (expected HOST:PORT or unix:/PATH)", target)
}

// ready waits until the line is connected. A fault that does not pass by itself ends the waiting.
func (l *line) ready(ctx context.Context) error {
	for {
		state := l.connection.GetState()
		switch state {
		case connectivity.Ready:
			return nil
		case connectivity.Idle:
			l.connection.Connect()
		case connectivity.Shutdown:
			return ErrClosed
		}
		if state == connectivity.TransientFailure {
			if fault := l.fault.lasting(); fault != nil {
				return l.unreachable(fault)
			}
		}
		if !l.connection.WaitForStateChange(ctx, state) {
			return ctx.Err()
		}
	}
}

func (l *line) unreachable(err error) error {
	return &UnreachableError{Target: l.connection.Target(), Err: err}
}

// again is passes, for a client that may have been accepted before: then its credentials have run out, and there may be
// fresh ones for the next attempt or the next connection.
func (l *line) again(err error) (bool, time.Duration) {
	if l.accepted.Load() && unauthenticated(err) {
		return true, 0
	}
	return passes(err)
}

// met is what a call has met, as its caller is to see it.
func (l *line) met(err error) error {
	err = asRefusal(err)
	var refused *RefusedError
	if errors.As(err, &refused) {
		if refused.Code == codes.Unavailable || refused.Code == codes.Unauthenticated {
			l.trouble.Store(&err)
		}
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if fault := l.fault.lasting(); fault != nil {
		return l.unreachable(fault)
	}
	if later, _ := l.again(err); !later || isUnknownHost(err) {
		return l.unreachable(err)
	}
	// That a call's time was over says less than what was met before.
	if code := status.Code(err); code != codes.DeadlineExceeded && code != codes.Canceled {
		l.trouble.Store(&err)
	}
	return err
}

// isUnknownHost tells whether there is no such name: the resolver of names tells its error as text only, or keeps it to
// itself and has no addresses.
func isUnknownHost(err error) bool {
	told := status.Convert(err).Message()
	return strings.Contains(told, "no such host") || strings.Contains(told, "produced zero addresses")
}

func (l *line) unanswered(ctx context.Context) *unansweredError {
	err := &unansweredError{ended: ctx.Err()}
	if trouble := l.trouble.Load(); trouble != nil {
		err.cause = *trouble
	}
	return err
}

// A place is where a call goes.
type place struct {
	servers *servers
	// The server that it is bound to; nil: whichever is the present one.
	bound *server
	by    func(*server) *line
}

func (s *server) byData() *line    { return s.data }
func (s *server) byControl() *line { return s.control }

func (p place) server() *server {
	if p.bound != nil {
		return p.bound
	}
	return p.servers.now()
}

// insist repeats a call until it is answered or refused, or the context has ended. A call that is only slow is not sent
// again: its answer is late, not lost. The connection has failed before, by itself or by its keepalive.
//
// When the client leaves the server, the call goes on at the next one; if it is bound, it ends with errLeft.
//
// It counts the attempts, with one more when the last was cut short by the context: then the server may have heard more
// than is known.
func insist[A any](
	ctx context.Context, at place, pause *backoff, call func(context.Context, *server) (A, error),
) (A, int, error) {
	var none A
	for attempts := 1; ; attempts++ {
		s := at.server()
		l := at.by(s)
		answer, err := attempt(ctx, s, l, call)
		if err == nil {
			return answer, attempts, nil
		}
		if ctx.Err() != nil {
			return none, attempts + 1, l.unanswered(ctx)
		}
		if s.isLeft() {
			if at.bound != nil {
				return none, attempts + 1, errLeft
			}
			continue
		}
		if gone(err) {
			at.servers.unreachable(s)
		}
		later, askedFor := l.again(err)
		if at.servers.several() {
			var unreachable *UnreachableError
			later = later || errors.As(err, &unreachable) && !at.servers.othersAreHopeless()
		}
		if !later {
			return none, attempts, err
		}
		waiting, done := s.while(ctx)
		if sleep(waiting, pause.next(askedFor)) {
			err = l.ready(waiting)
		} else {
			err = nil
		}
		done()
		if ctx.Err() != nil {
			return none, attempts + 1, l.unanswered(ctx)
		}
		if err != nil && !s.isLeft() && !at.servers.several() {
			return none, attempts + 1, err
		}
	}
}

// attempt makes a call once.
func attempt[A any](
	ctx context.Context, s *server, l *line, call func(context.Context, *server) (A, error),
) (A, error) {
	ctx, done := s.while(ctx)
	defer done()
	answer, err := call(ctx, s)
	if err == nil {
		if l.trouble.Load() != nil {
			l.trouble.Store(nil)
		}
		return answer, nil
	}
	var none A
	if ctx.Err() != nil {
		return none, l.unanswered(ctx)
	}
	return none, l.met(err)
}

// A handshakeFault is what the last handshake met that does not pass by itself. Safe for concurrent use.
type handshakeFault struct {
	mu  sync.Mutex
	err error
}

func (f *handshakeFault) lasting() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

func (f *handshakeFault) note(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err = err
}

// lastingFault is the part of an error of TLS that stays as it is until somebody changes a certificate or the
// configuration; nil for anything else, such as a connection that broke.
func lastingFault(err error) error {
	var certificate *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var alert *net.OpError
	var clearText tls.RecordHeaderError
	switch {
	case errors.As(err, &certificate), errors.As(err, &authority), errors.As(err, &name), errors.As(err, &invalid):
		return err
	case errors.As(err, &clearText):
		return fmt.Errorf("the server does not speak TLS: %w", err)
	case errors.As(err, &alert) && alert.Op == "remote error":
		// An alert of the other end. These two may come from a server that stops; the type that has the number is not
		// exported.
		if text := alert.Err.Error(); text == "tls: internal error" || text == "tls: user canceled" {
			return nil
		}
		return err
	default:
		return nil
	}
}

// watchedCredentials note what a handshake meets: gRPC tells its callers as text only.
type watchedCredentials struct {
	credentials.TransportCredentials
	fault *handshakeFault
}

func (c watchedCredentials) ClientHandshake(
	ctx context.Context, authority string, raw net.Conn,
) (net.Conn, credentials.AuthInfo, error) {
	connection, info, err := c.TransportCredentials.ClientHandshake(ctx, authority, raw)
	if err != nil {
		if ctx.Err() == nil {
			c.fault.note(lastingFault(err))
		}
		return connection, info, err
	}
	c.fault.note(nil)
	if c.Info().SecurityProtocol != "tls" {
		return connection, info, nil
	}
	return watchedConnection{connection, c.fault}, info, nil
}

func (c watchedCredentials) Clone() credentials.TransportCredentials {
	return watchedCredentials{c.TransportCredentials.Clone(), c.fault}
}

// A watchedConnection notes the server's word on the client's certificate: in TLS 1.3 it comes after the handshake.
type watchedConnection struct {
	net.Conn
	fault *handshakeFault
}

func (c watchedConnection) Read(bytes []byte) (int, error) {
	count, err := c.Conn.Read(bytes)
	if err != nil {
		if fault := lastingFault(err); fault != nil {
			c.fault.note(fault)
		}
	}
	return count, err
}
