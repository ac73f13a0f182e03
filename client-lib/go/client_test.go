package datastored

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
)

func TestClient_close_leavesNothingBehind(t *testing.T) {
	server := startFakeServer(t)
	server.watch = silentWatch
	before := runtime.NumGoroutine()
	for range 5 {
		client := server.dial(t)
		lease := hold(t, client)
		watch := client.Watch()
		if _, err := watch.Next(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := client.Close(); err != nil {
			t.Fatal(err)
		}
		if lease.Alive() || lease.Cause() != Closed {
			t.Errorf("after close: alive %v, cause %q", lease.Alive(), lease.Cause())
		}
		if _, err := client.Hold(t.Context(), "main", Read); !errors.Is(err, ErrClosed) {
			t.Errorf("hold after close: %v", err)
		}
		if _, err := client.Watch().Next(t.Context()); !errors.Is(err, ErrClosed) {
			t.Errorf("watch after close: %v", err)
		}
	}
	server.with(func() {
		if len(server.sessions) != 0 {
			t.Errorf("sessions are left at the server: %v", server.sessions)
		}
	})
	await(t, "no goroutine is left", func() bool { return runtime.NumGoroutine() <= before })
}

func TestClient_dialNobody_failsInTime(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	client, err := Dial(ctx, "127.0.0.1:1")
	if err == nil {
		t.Fatalf("connected: %v", client)
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("failed with %v", err)
	}
}

func TestRelease_unanswered_isRepeatedInTheBackground(t *testing.T) {
	server := startFakeServer(t)
	lease := hold(t, server.dial(t))
	server.with(func() { server.silent["Release"] = true })
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := lease.Release(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("release is answered by %v", err)
	}
	if lease.Alive() {
		t.Error("alive though the holder has given it back")
	}
	server.with(func() { server.silent["Release"] = false })
	await(t, "the server has heard of the release", func() bool {
		server.mu.Lock()
		defer server.mu.Unlock()
		return len(server.leases) == 0
	})
}

func TestHold_givenUp_isGivenBack(t *testing.T) {
	server := startFakeServer(t)
	client := server.dial(t)
	server.with(func() { server.silent["Lookup"] = true })
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := client.Hold(ctx, "main", Write); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("hold is answered by %v", err)
	}
	await(t, "the lease is given back", func() bool {
		return len(client.ledger.all()) == 0
	})
}

func TestKeeper_serverCountsMoreTwice_releasesWhatNobodyKnows(t *testing.T) {
	server := startFakeServer(t)
	client := server.dial(t)
	lease := hold(t, client)
	server.with(func() { server.leases["overtaken"] = 1 })
	await(t, "the unknown lease is released", func() bool { return server.called("Release overtaken") > 0 })
	if !lease.Alive() || server.called("Release "+lease.ID()) > 0 {
		t.Error("the lease that is held was released too")
	}
}

func TestKeeper_serverCountsFewerTwice_asksAboutEach(t *testing.T) {
	server := startFakeServer(t)
	client := server.dial(t)
	lost, kept := hold(t, client), hold(t, client)
	server.with(func() { delete(server.leases, lost.ID()) })
	await(t, "the holder is told", func() bool { return lost.Cause() == NotContinued })
	if !kept.Alive() {
		t.Errorf("the other one is lost too: %v", kept.Cause())
	}
}

func TestKeeper_forgottenSessionAndSilentReclaim_keepsTheOldPromiseOnly(t *testing.T) {
	server := startFakeServer(t)
	client := server.dial(t)
	lease := hold(t, client)
	id := client.SessionID()
	server.with(func() {
		server.silent["continue"] = true
		clear(server.sessions)
	})
	// The session is renewed again and again meanwhile. Nothing of that is for the lease.
	await(t, "the lease is lost", func() bool { return lease.Cause() == Expired })
	if now := client.SessionID(); now != id {
		t.Errorf("the session was lost too: %s is %s now", id, now)
	}
	if opened := server.called("OpenSession " + id); opened != 2 {
		t.Errorf("opened %d times", opened)
	}
}

func TestKeeper_forgottenSession_continuesEachLease(t *testing.T) {
	server := startFakeServer(t)
	client := server.dial(t)
	lease := hold(t, client)
	renewed := server.called("KeepAlive")
	server.with(func() { clear(server.sessions) })
	await(t, "the lease is continued and kept", func() bool {
		return server.called("continue "+lease.ID()) > 0 && server.called("KeepAlive") > renewed+5
	})
	if !lease.Alive() {
		t.Errorf("lost: %v", lease.Cause())
	}
}

// Of several servers each puts its life behind the id of a session, and knows it by that only.
func TestKeeper_anotherLife_continuesEachLeaseUnderTheIdThatItGives(t *testing.T) {
	server := startFakeServer(t)
	server.life = ":abcdefgh"
	client := server.dial(t)
	lease := hold(t, client)
	asked := strings.TrimSuffix(client.SessionID(), ":abcdefgh")
	if asked == client.SessionID() {
		t.Fatalf("the session is %s", asked)
	}
	server.with(func() {
		clear(server.sessions)
		server.life = ":ijklmnop"
	})
	renewed := server.called("KeepAlive")
	await(t, "the lease is continued and kept", func() bool {
		return server.called("continue "+lease.ID()) > 0 && server.called("KeepAlive") > renewed+5
	})
	if !lease.Alive() || client.SessionID() != asked+":ijklmnop" {
		t.Errorf("%v, session %s", lease.Cause(), client.SessionID())
	}
	if opened := server.called("OpenSession " + asked); opened != 2 {
		t.Errorf("opened %d times under the same id", opened)
	}
	if next := hold(t, client); !next.Alive() {
		t.Errorf("lost: %v", next.Cause())
	}
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
	if server.called("CloseSession "+asked+":ijklmnop") != 1 {
		t.Error("the session is not closed")
	}
}

func TestKeeper_suspended_losesTheSessionByTheWallClock(t *testing.T) {
	server := startFakeServer(t)
	clock := &manualClock{}
	client, err := newClient(server.target, clock, shortTiming)
	if err != nil {
		t.Fatal(err)
	}
	client.start()
	t.Cleanup(func() { _ = client.Close() })
	if _, err := client.keeper.usable(t.Context()); err != nil {
		t.Fatal(err)
	}
	lease := hold(t, client)
	id := client.SessionID()
	clock.suspend(time.Minute)
	if lease.Alive() {
		t.Error("alive after a minute that the monotonic clock has not seen")
	}
	await(t, "a session of its own", func() bool { return server.called("OpenSession "+id) == 1 && client.SessionID() != id })
	if next := hold(t, client); !next.Alive() {
		t.Error("nothing can be held any more")
	}
}

func TestRefusal_ofTheServer_isTypedWithItsFacts(t *testing.T) {
	err := asRefusal(refusal(codes.FailedPrecondition, UnderMaintenance, map[string]string{"mode": "OFFLINE"}))
	var refused *RefusedError
	if !errors.As(err, &refused) {
		t.Fatalf("not a refusal: %v", err)
	}
	if refused.Reason != UnderMaintenance || refused.Code != codes.FailedPrecondition || refused.Metadata["mode"] != "OFFLINE" {
		t.Errorf("refused with %+v", refused)
	}
}
