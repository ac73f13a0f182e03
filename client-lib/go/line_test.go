package datastored

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/big"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"
)

// ownCertificate is one that nobody else has signed, for 127.0.0.1.
func ownCertificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(certificate)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// dialFails gives the error of a Dial that must not wait for the end of its time.
func dialFails(t *testing.T, target string, opts ...Option) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	client, err := Dial(ctx, target, opts...)
	if err == nil {
		_ = client.Close()
		t.Fatal("connected")
	}
	if ctx.Err() != nil {
		t.Fatalf("told after the end of its time only: %v", err)
	}
	return err
}

func TestDial_authorityUnknown_isToldAtOnce(t *testing.T) {
	certificate, _ := ownCertificate(t)
	server := startFakeServer(t, grpc.Creds(credentials.NewServerTLSFromCert(&certificate)))
	err := dialFails(t, server.target, WithTLS(&tls.Config{RootCAs: x509.NewCertPool()}))
	var unreachable *UnreachableError
	var authority x509.UnknownAuthorityError
	if !errors.As(err, &unreachable) || !errors.As(err, &authority) {
		t.Errorf("failed with %v", err)
	}
}

func TestDial_nameOfTheCertificateIsAnother_isToldAtOnce(t *testing.T) {
	certificate, pool := ownCertificate(t)
	server := startFakeServer(t, grpc.Creds(credentials.NewServerTLSFromCert(&certificate)))
	err := dialFails(t, server.target, WithTLS(&tls.Config{RootCAs: pool, ServerName: "elsewhere"}))
	var name x509.HostnameError
	if !errors.As(err, &name) {
		t.Errorf("failed with %v", err)
	}
}

func TestDial_certificateOfTheClientIsMissing_isToldAtOnce(t *testing.T) {
	certificate, pool := ownCertificate(t)
	server := startFakeServer(t, grpc.Creds(credentials.NewTLS(&tls.Config{
		Certificates: []tls.Certificate{certificate}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool,
	})))
	err := dialFails(t, server.target, WithTLS(&tls.Config{RootCAs: pool}))
	var unreachable *UnreachableError
	if !errors.As(err, &unreachable) || !strings.Contains(err.Error(), "certificate required") {
		t.Errorf("failed with %v", err)
	}
}

func TestDial_serverSpeaksNoTLS_isToldAtOnce(t *testing.T) {
	server := startFakeServer(t)
	err := dialFails(t, server.target, WithTLS(&tls.Config{RootCAs: x509.NewCertPool()}))
	if !strings.Contains(err.Error(), "does not speak TLS") {
		t.Errorf("failed with %v", err)
	}
}

func TestDial_anotherKindOfServer_isToldAtOnce(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	other := grpc.NewServer()
	go func() { _ = other.Serve(listener) }()
	t.Cleanup(other.Stop)
	var unreachable *UnreachableError
	if err := dialFails(t, listener.Addr().String()); !errors.As(err, &unreachable) || status.Code(unreachable.Err) != codes.Unimplemented {
		t.Errorf("failed with %v", err)
	}
}

func TestDial_refusedForGood_isToldAtOnce(t *testing.T) {
	server := startFakeServer(t)
	for _, refused := range []error{
		refusal(codes.ResourceExhausted, QuotaExceeded, map[string]string{"limit": "max-sessions"}),
		status.Error(codes.PermissionDenied, "this certificate may not"),
		status.Error(codes.Unauthenticated, "who is that"),
	} {
		server.with(func() { server.openRefusal = refused })
		if err := dialFails(t, server.target); !strings.Contains(err.Error(), status.Convert(refused).Message()) {
			t.Errorf("failed with %v instead of %v", err, refused)
		}
	}
}

func TestHold_noSessionForALastingReason_isToldAtOnce(t *testing.T) {
	server := startFakeServer(t)
	client := server.dial(t)
	server.with(func() {
		server.openRefusal = refusal(codes.ResourceExhausted, QuotaExceeded, nil)
		clear(server.sessions)
	})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	_, err := client.Hold(ctx, "main", Write)
	if _, full := refusedWith(err, QuotaExceeded); !full || ctx.Err() != nil {
		t.Errorf("hold is answered by %v", err)
	}
	// It passes when the server has room again: the keeper goes on.
	server.with(func() { server.openRefusal = nil })
	await(t, "a lease can be held again", func() bool {
		lease, err := client.Hold(t.Context(), "main", Write)
		return err == nil && lease.Alive()
	})
}

func TestDial_notATarget_isRefused(t *testing.T) {
	for _, target := range []string{"", "foo bar", "foo bar:7400", "host", "host:", "host:seven", "host:70000", "http://host:7400", "unix:"} {
		if err := dialFails(t, target); !strings.Contains(err.Error(), "expected HOST:PORT") {
			t.Errorf("%q: %v", target, err)
		}
	}
	for _, target := range []string{"127.0.0.1:7400", "[::1]:7400", "host:7400", "unix:rel", "unix:/run/d.sock", "unix:///run/d.sock", "dns:///host:7400"} {
		if err := checkTarget(target); err != nil {
			t.Error(err)
		}
	}
}

func TestDial_ttlWithoutAUnit_isRefused(t *testing.T) {
	for _, ttl := range []time.Duration{30, 999 * time.Millisecond, 61 * time.Second} {
		if err := dialFails(t, "127.0.0.1:7400", WithTTL(ttl)); !strings.Contains(err.Error(), "invalid ttl") {
			t.Errorf("%v: %v", ttl, err)
		}
	}
}

func TestMet_unknownHost_doesNotPass(t *testing.T) {
	line, err := newLine("nowhere.invalid:7400", newOptions(nil), usualTiming, new(atomic.Bool))
	if err != nil {
		t.Fatal(err)
	}
	defer line.connection.Close()
	told := status.Error(codes.Unavailable, "name resolver error: lookup nowhere.invalid on 127.0.0.53:53: no such host")
	if later, _ := passes(line.met(told)); later {
		t.Error("it would be waited for")
	}
}

func TestDial_connectionRefused_tellsSoOnce(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	_, err := Dial(ctx, "127.0.0.1:1")
	if !errors.Is(err, context.DeadlineExceeded) || strings.Count(err.Error(), "connection refused") != 1 {
		t.Errorf("failed with %v", err)
	}
}

func TestHold_serverAway_tellsWhy(t *testing.T) {
	server := startFakeServer(t)
	client := server.dial(t)
	server.stop()
	await(t, "the session is over", func() bool {
		client.keeper.mu.Lock()
		defer client.keeper.mu.Unlock()
		return client.keeper.state == sessionNew
	})
	for what, ask := range map[string]func(context.Context) error{
		"hold main":   func(ctx context.Context) error { _, err := client.Hold(ctx, "main", Write); return err },
		"lookup main": func(ctx context.Context) error { _, err := client.Lookup(ctx, "main"); return err },
		"watch":       func(ctx context.Context) error { _, err := client.Watch().Next(ctx); return err },
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		err := ask(ctx)
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) || !strings.HasPrefix(err.Error(), "datastored: "+what) {
			t.Errorf("%s failed with %v", what, err)
		}
		if strings.Count(err.Error(), "connection refused") != 1 {
			t.Errorf("%s does not tell the cause once: %v", what, err)
		}
	}
}

func TestHold_cancelled_saysSoOnce(t *testing.T) {
	server := startFakeServer(t)
	client := server.dial(t)
	server.with(func() { server.silent["Lookup"] = true })
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if _, err := client.Hold(ctx, "main", Write); err == nil || err.Error() != "datastored: hold main: context canceled" {
		t.Errorf("hold is answered by %v", err)
	}
}

func TestKeeper_sessionUnknown_doesNotStandInTheWay(t *testing.T) {
	client := startFakeServer(t).dial(t)
	client.keeper.mu.Lock()
	defer client.keeper.mu.Unlock()
	client.keeper.noteFailure(asRefusal(unknownSession(true)))
	if failure := client.keeper.failure; failure != nil {
		t.Errorf("whoever asks for a lease while the session is opened again is told %v", failure)
	}
}
