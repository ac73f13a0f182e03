package datastored

import (
	"context"
	"crypto/tls"
	"strings"
	"sync"
	"testing"
	"time"

	pb "datastored.io/client/datastoredv1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
)

// A token is what the client shows, or what the server wants to see. Safe for concurrent use.
type token struct {
	mu   sync.Mutex
	word string
}

func (t *token) set(word string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.word = word
}

func (t *token) get() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.word
}

func (t *token) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return map[string]string{"authorization": t.get()}, nil
}

func (t *token) RequireTransportSecurity() bool { return true }

// check refuses calls with another token.
func (t *token) check(ctx context.Context) error {
	shown, _ := metadata.FromIncomingContext(ctx)
	if strings.Join(shown["authorization"], "") != t.get() {
		return refusal(codes.Unauthenticated, Unauthenticated, map[string]string{"detail": "the token has run out"})
	}
	return nil
}

// startGuardedServer wants the token of each call.
func startGuardedServer(t *testing.T, wanted *token) (*fakeServer, Option) {
	t.Helper()
	certificate, pool := ownCertificate(t)
	server := startFakeServer(t,
		grpc.Creds(credentials.NewServerTLSFromCert(&certificate)),
		grpc.UnaryInterceptor(func(ctx context.Context, request any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
			if err := wanted.check(ctx); err != nil {
				return nil, err
			}
			return next(ctx, request)
		}),
		grpc.StreamInterceptor(func(service any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, next grpc.StreamHandler) error {
			if err := wanted.check(stream.Context()); err != nil {
				return err
			}
			return next(service, stream)
		}))
	return server, WithTLS(&tls.Config{RootCAs: pool})
}

func TestCredentials_runOut_everythingGoesOnWithFreshOnes(t *testing.T) {
	wanted, shown := &token{word: "one"}, &token{word: "one"}
	server, secure := startGuardedServer(t, wanted)
	expired := make(chan struct{})
	server.watch = func(r *pb.WatchGenerationRequest, stream grpc.ServerStreamingServer[pb.WatchGenerationResponse]) error {
		if err := stream.Send(&pb.WatchGenerationResponse{
			Revision: &pb.Revision{Incarnation: "0123456789abcdef", Generation: r.GetKnown().GetGeneration() + 1},
			Frame:    &pb.WatchGenerationResponse_Snapshot{Snapshot: &pb.WatchSnapshot{}},
		}); err != nil {
			return err
		}
		select {
		case <-expired:
			return wanted.check(stream.Context())
		case <-stream.Context().Done():
			return stream.Context().Err()
		}
	}
	client := server.dial(t, secure, WithPerRPCCredentials(shown))
	watch := client.Watch()
	if frame, err := watch.Next(t.Context()); err != nil || frame.Revision.Generation != 1 {
		t.Fatalf("the watch begins with %v, %v", frame, err)
	}
	lease := hold(t, client)

	wanted.set("two")
	close(expired)
	held := make(chan error, 1)
	go func() {
		_, err := client.Hold(t.Context(), "main", Write)
		held <- err
	}()
	await(t, "the keeper is told", func() bool {
		client.keeper.mu.Lock()
		defer client.keeper.mu.Unlock()
		return unauthenticated(client.keeper.failure)
	})
	if !lease.Alive() {
		t.Error("the lease was lost before its term was over")
	}
	shown.set("two")
	if err := <-held; err != nil {
		t.Errorf("hold is answered by %v", err)
	}
	if frame, err := watch.Next(t.Context()); err != nil || frame.Revision.Generation != 2 {
		t.Errorf("the watch goes on with %v, %v", frame, err)
	}
}

func TestCredentials_notRenewed_holdTellsWhyAtItsDeadline(t *testing.T) {
	wanted, shown := &token{word: "one"}, &token{word: "one"}
	server, secure := startGuardedServer(t, wanted)
	client := server.dial(t, secure, WithPerRPCCredentials(shown))

	wanted.set("two")
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := client.Lookup(ctx, "main"); err == nil || !strings.Contains(err.Error(), "UNAUTHENTICATED") || ctx.Err() == nil {
		t.Errorf("lookup is answered by %v", err)
	}
}

func TestDial_credentialsNeverAccepted_isToldAtOnce(t *testing.T) {
	server, secure := startGuardedServer(t, &token{word: "one"})
	err := dialFails(t, server.target, secure, WithPerRPCCredentials(&token{word: "two"}))
	if refused, ok := refusedWith(err, Unauthenticated); !ok || refused.Metadata["detail"] == "" {
		t.Errorf("failed with %v", err)
	}
}

func TestPermissionDenied_isReturnedAndNotAskedAgain(t *testing.T) {
	denied := refusal(codes.PermissionDenied, PermissionDenied, map[string]string{"verb": "write", "datastore": "main"})
	lookups := 0
	server := startFakeServer(t, grpc.UnaryInterceptor(
		func(ctx context.Context, request any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
			if info.FullMethod == pb.DatastoreService_Lookup_FullMethodName {
				lookups++
				return nil, denied
			}
			return next(ctx, request)
		}))
	server.watch = func(*pb.WatchGenerationRequest, grpc.ServerStreamingServer[pb.WatchGenerationResponse]) error {
		return denied
	}
	client := server.dial(t)

	_, err := client.Hold(t.Context(), "main", Write)
	if refused, ok := refusedWith(err, PermissionDenied); !ok || refused.Metadata["verb"] != "write" || lookups != 1 {
		t.Errorf("hold is answered by %v after %d asks", err, lookups)
	}
	_, err = client.Watch().Next(t.Context())
	if _, ok := refusedWith(err, PermissionDenied); !ok {
		t.Errorf("watch ends with %v", err)
	}
	server.with(func() {
		if !server.sessions[client.SessionID()] {
			t.Error("the session is not kept")
		}
	})
}
