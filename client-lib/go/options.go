package datastored

import (
	"crypto/rand"
	"crypto/tls"
	"fmt"
	"os"
	"path/filepath"
	"time"

	pb "datastored.io/client/datastoredv1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
)

// The server's bounds. Out of them is a mistake, such as a number without a unit.
const (
	shortestTTL = time.Second
	longestTTL  = time.Minute
)

// Options are what Dial was asked for.
type options struct {
	name, version string
	ttl           time.Duration
	credentials   credentials.TransportCredentials
	dial          []grpc.DialOption
}

// An Option says how to dial.
type Option func(*options)

// WithName is the program's name as operators see it. Default: that of its file.
func WithName(name string) Option { return func(o *options) { o.name = name } }

// WithVersion is the program's version as operators see it.
func WithVersion(version string) Option { return func(o *options) { o.version = version } }

// WithTTL wishes for how long the server shall keep the session without a sign of life. Shorter: a drain waits less for
// a program that died. Longer: leases outlive longer failures of the server or the network. From 1 s to 60 s; anything
// else is an error of Dial. Default: 10 s.
func WithTTL(ttl time.Duration) Option { return func(o *options) { o.ttl = ttl } }

// WithTLS encrypts, and shows the client's certificate if the configuration has one. With GetClientCertificate each new
// connection shows the certificate of that moment, so one that is renewed needs no new client. Default: no TLS, which the
// server accepts on its own host only.
func WithTLS(config *tls.Config) Option {
	return func(o *options) { o.credentials = credentials.NewTLS(config) }
}

// WithPerRPCCredentials adds credentials, such as a token, to every call. They are asked for again with each attempt, so
// ones that have run out can be replaced at any time.
func WithPerRPCCredentials(calls credentials.PerRPCCredentials) Option {
	return WithDialOptions(grpc.WithPerRPCCredentials(calls))
}

// WithDialOptions are handed to grpc.NewClient, for interceptors and the like.
func WithDialOptions(dial ...grpc.DialOption) Option {
	return func(o *options) { o.dial = append(o.dial, dial...) }
}

func newOptions(opts []Option) options {
	options := options{
		name:        filepath.Base(os.Args[0]),
		ttl:         10 * time.Second,
		credentials: insecure.NewCredentials(),
	}
	for _, option := range opts {
		option(&options)
	}
	return options
}

func (o options) holder() *pb.Holder {
	host, _ := os.Hostname()
	return &pb.Holder{Client: o.name, Host: host, Pid: int64(os.Getpid()), Version: o.version}
}

// Timing is every time that something waits for, beyond the ttl.
type timing struct {
	// Between attempts; doubling, with jitter.
	firstPause, longestPause time.Duration
	// A stream that lived this long was a good one: the next trouble is a new one.
	goodStream time.Duration
	// Between two KeepAlives, and for the answer to one of them, however short the ttl is.
	shortestInterval, shortestAttempt time.Duration
	// For a call whose context has no deadline.
	callTimeout time.Duration
	// For the answer to one Release in the background: longer than the keepalive needs to find a connection dead.
	returnTimeout time.Duration
	// For the server to answer when the client closes.
	closeTimeout   time.Duration
	connectTimeout time.Duration
}

var usualTiming = timing{
	firstPause:       200 * time.Millisecond,
	longestPause:     5 * time.Second,
	goodStream:       10 * time.Second,
	shortestInterval: 100 * time.Millisecond,
	shortestAttempt:  250 * time.Millisecond,
	callTimeout:      10 * time.Second,
	returnTimeout:    30 * time.Second,
	closeTimeout:     5 * time.Second,
	connectTimeout:   5 * time.Second,
}

// newID is a random UUID, version 4.
func newID() string {
	var id [16]byte
	_, _ = rand.Read(id[:]) // Never fails, by its documentation.
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[0:4], id[4:6], id[6:8], id[8:10], id[10:16])
}
