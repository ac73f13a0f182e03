package datastored

import (
	"context"
	"fmt"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	pb "datastored.io/client/datastoredv1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
)

// A fakeServer answers as a test tells it to. Safe for concurrent use.
type fakeServer struct {
	pb.UnimplementedDatastoreServiceServer
	pb.UnimplementedSessionServiceServer

	target string
	stop   func()

	mu       sync.Mutex
	ttl      time.Duration
	sessions map[string]bool
	leases   map[string]int64 // by id: its token
	// What every Lookup of a lease is answered with; empty: as from a server too old to make one.
	continuation string
	ended        []string
	// What the last KeepAlives counted too many; negative: too few.
	miscounted int64
	// Of which answers are held back until the call ends, by "Lookup", "continue" or "Release".
	silent map[string]bool
	calls  []string
	// The last continuing Lookup.
	continued *pb.LookupRequest
	// By method: the address that the last call came from.
	peers map[string]string
	// How long a Release or a continuing Lookup takes, and how many were in hand at once.
	slow           time.Duration
	inHand, atOnce int
	// What it puts behind the id of each session.
	life string
	// Answer OpenSession and KeepAlive when set.
	openRefusal, renewRefusal error
	// Whether it takes up the leases of others, as servers of one history do.
	adopts bool
	// Asks that its connections end, as a server does that stops (GOAWAY).
	goAway func()
	watch  func(*pb.WatchGenerationRequest, grpc.ServerStreamingServer[pb.WatchGenerationResponse]) error
}

func startFakeServer(t *testing.T, options ...grpc.ServerOption) *fakeServer {
	t.Helper()
	s := &fakeServer{
		ttl: time.Second, sessions: map[string]bool{}, leases: map[string]int64{}, silent: map[string]bool{},
		peers: map[string]string{},
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.target = listener.Addr().String()
	server := grpc.NewServer(options...)
	pb.RegisterDatastoreServiceServer(server, s)
	pb.RegisterSessionServiceServer(server, s)
	go func() { _ = server.Serve(listener) }()
	s.stop = server.Stop
	s.goAway = func() { go server.GracefulStop() }
	t.Cleanup(server.Stop)
	return s
}

// with changes how it behaves from now on.
func (s *fakeServer) with(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

func (s *fakeServer) called(call string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	count := 0
	for _, one := range s.calls {
		if one == call {
			count++
		}
	}
	return count
}

func (s *fakeServer) note(format string, words ...any) {
	s.calls = append(s.calls, fmt.Sprintf(format, words...))
}

func refusal(code codes.Code, reason Reason, metadata map[string]string) error {
	told, err := status.New(code, "refused by the fake").WithDetails(
		&errdetails.ErrorInfo{Reason: string(reason), Domain: errorDomain, Metadata: metadata})
	if err != nil {
		panic(err)
	}
	return told.Err()
}

func unknownSession(recovering bool) error {
	return refusal(codes.NotFound, SessionNotFound, map[string]string{"recovering": fmt.Sprint(recovering)})
}

// takesTime is a call that is in hand for as long as the test wants.
func (s *fakeServer) takesTime() {
	s.mu.Lock()
	slow := s.slow
	s.inHand++
	s.atOnce = max(s.atOnce, s.inHand)
	s.mu.Unlock()
	time.Sleep(slow)
	s.mu.Lock()
	s.inHand--
	s.mu.Unlock()
}

func (s *fakeServer) from(ctx context.Context, method string) {
	if from, ok := peer.FromContext(ctx); ok {
		s.peers[method] = from.Addr.String()
	}
}

func (s *fakeServer) held() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.leases)
}

func (s *fakeServer) OpenSession(_ context.Context, r *pb.OpenSessionRequest) (*pb.OpenSessionResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.openRefusal != nil {
		s.note("refused OpenSession")
		return nil, s.openRefusal
	}
	s.note("OpenSession %s", r.GetSessionId())
	given := r.GetSessionId() + s.life
	s.sessions[given] = true
	return &pb.OpenSessionResponse{SessionId: given, Ttl: durationpb.New(s.ttl)}, nil
}

func (s *fakeServer) KeepAlive(ctx context.Context, r *pb.KeepAliveRequest) (*pb.KeepAliveResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.from(ctx, "KeepAlive")
	s.note("KeepAlive")
	if s.renewRefusal != nil {
		return nil, s.renewRefusal
	}
	if s.silent["KeepAlive"] {
		s.mu.Unlock()
		<-ctx.Done()
		s.mu.Lock()
		return nil, ctx.Err()
	}
	if !s.sessions[r.GetSessionId()] {
		return nil, unknownSession(true)
	}
	return &pb.KeepAliveResponse{
		Ttl: durationpb.New(s.ttl), EndedLeaseIds: slices.Clone(s.ended), Leases: int64(len(s.leases)) + s.miscounted,
	}, nil
}

func (s *fakeServer) CloseSession(_ context.Context, r *pb.CloseSessionRequest) (*pb.CloseSessionResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.note("CloseSession %s", r.GetSessionId())
	if s.sessions[r.GetSessionId()] {
		clear(s.leases)
	}
	delete(s.sessions, r.GetSessionId())
	return &pb.CloseSessionResponse{}, nil
}

func (s *fakeServer) ListLeases(context.Context, *pb.ListLeasesRequest) (*pb.ListLeasesResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	listed := &pb.ListLeasesResponse{}
	for id := range s.leases {
		listed.Leases = append(listed.Leases, &pb.HeldLease{Lease: &pb.Lease{LeaseId: id}})
	}
	return listed, nil
}

func (s *fakeServer) Lookup(ctx context.Context, r *pb.LookupRequest) (*pb.LookupResponse, error) {
	kind := "Lookup"
	if r.GetHeldFencingToken() != 0 {
		kind = "continue"
		s.takesTime()
	}
	s.mu.Lock()
	s.from(ctx, kind)
	if kind == "continue" {
		s.continued = r
	}
	s.note("%s %s", kind, r.GetLeaseId())
	if s.silent[kind] {
		s.mu.Unlock()
		<-ctx.Done()
		return nil, ctx.Err()
	}
	defer s.mu.Unlock()
	if r.GetSessionId() != "" && !s.sessions[r.GetSessionId()] {
		return nil, unknownSession(true)
	}
	if kind == "continue" && s.adopts {
		s.leases[r.GetLeaseId()] = r.GetHeldFencingToken()
	}
	if kind == "continue" && s.leases[r.GetLeaseId()] == 0 {
		return nil, refusal(codes.Aborted, LeaseEnded, nil)
	}
	if r.GetOperation() != pb.Operation_OPERATION_LOOKUP && s.leases[r.GetLeaseId()] == 0 {
		s.leases[r.GetLeaseId()] = int64(len(s.calls))
	}
	return &pb.LookupResponse{
		Datastore: &pb.Datastore{Name: r.GetDatastore()},
		Lease: &pb.Lease{
			LeaseId: r.GetLeaseId(), FencingToken: s.leases[r.GetLeaseId()], Continuation: s.continuation,
		},
	}, nil
}

func (s *fakeServer) Release(ctx context.Context, r *pb.ReleaseRequest) (*pb.ReleaseResponse, error) {
	s.takesTime()
	s.mu.Lock()
	s.note("Release %s", r.GetLeaseId())
	if s.silent["Release"] {
		s.mu.Unlock()
		<-ctx.Done()
		return nil, ctx.Err()
	}
	defer s.mu.Unlock()
	delete(s.leases, r.GetLeaseId())
	return &pb.ReleaseResponse{}, nil
}

func (s *fakeServer) WatchGeneration(
	r *pb.WatchGenerationRequest, stream grpc.ServerStreamingServer[pb.WatchGenerationResponse],
) error {
	s.mu.Lock()
	s.note("WatchGeneration %d", r.GetKnown().GetGeneration())
	watch := s.watch
	s.mu.Unlock()
	return watch(r, stream)
}

// shortTiming makes tests quick; ttls of a second are the shortest.
var shortTiming = timing{
	firstPause:       10 * time.Millisecond,
	longestPause:     50 * time.Millisecond,
	goodStream:       time.Hour,
	shortestInterval: 20 * time.Millisecond,
	shortestAttempt:  100 * time.Millisecond,
	callTimeout:      10 * time.Second,
	returnTimeout:    300 * time.Millisecond,
	closeTimeout:     5 * time.Second,
	connectTimeout:   5 * time.Second,
}

// dial gives a client of the fake server; the test's end closes it.
func (s *fakeServer) dial(t *testing.T, opts ...Option) *Client {
	t.Helper()
	return dialTargets(t, s.target, opts...)
}

func dialTargets(t *testing.T, targets string, opts ...Option) *Client {
	t.Helper()
	client, err := newClient(targets, newSystemClock(), shortTiming, opts...)
	if err != nil {
		t.Fatal(err)
	}
	client.start()
	t.Cleanup(func() { _ = client.Close() })
	if _, err := client.keeper.usable(t.Context()); err != nil {
		t.Fatal(err)
	}
	return client
}

// await waits until a condition holds.
func await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited for 20 s: %s", what)
		}
	}
}

func hold(t *testing.T, client *Client) *Lease {
	t.Helper()
	lease, err := client.Hold(t.Context(), "main", Write)
	if err != nil {
		t.Fatal(err)
	}
	return lease
}
