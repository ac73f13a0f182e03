package datastored

import (
	"context"
	"math/rand/v2"
	"net"
	"os"
	"sync"
	"testing"
	"time"
)

// full is a count as it is shown once in a while (DATASTORED_FULL=1), and a tenth of it in every run.
func full(count int) int {
	if os.Getenv("DATASTORED_FULL") == "" {
		return count / 10
	}
	return count
}

// A still is a way to a server that can stand still as a server does that is stopped: nothing is read, nothing written.
type still struct {
	target string
	mu     sync.RWMutex // held by the one who stops it
}

func (s *still) copy(to, from net.Conn) {
	defer to.Close()
	bytes := make([]byte, 64<<10)
	for {
		count, err := from.Read(bytes)
		s.mu.RLock()
		if count > 0 {
			_, _ = to.Write(bytes[:count])
		}
		s.mu.RUnlock()
		if err != nil {
			return
		}
	}
}

func startStill(t *testing.T, target string) *still {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	s := &still{target: listener.Addr().String()}
	go func() {
		for {
			from, err := listener.Accept()
			if err != nil {
				return
			}
			to, err := net.Dial("tcp", target)
			if err != nil {
				_ = from.Close()
				continue
			}
			go s.copy(to, from)
			go s.copy(from, to)
		}
	}()
	return s
}

func TestLookup_serverStandsStill_isAnsweredLateAndSentOnce(t *testing.T) {
	server := startFakeServer(t)
	server.ttl = 10 * time.Second
	way := startStill(t, server.target)
	client, err := newClient(way.target, newSystemClock(), usualTiming)
	if err != nil {
		t.Fatal(err)
	}
	client.start()
	t.Cleanup(func() { _ = client.Close() })
	lease := hold(t, client)
	before := server.called("Lookup ")
	// 2,000 lookups/s. The pause is longer than a third of the ttl, when an answer to a renewal is given up for lost.
	calls := full(16_000)
	pause := 4 * time.Second
	time.AfterFunc(100*time.Millisecond, func() {
		way.mu.Lock()
		time.Sleep(pause)
		way.mu.Unlock()
	})
	var group sync.WaitGroup
	failed := make(chan error, calls)
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for sent := 0; sent < calls; {
		<-ticker.C
		for range 10 {
			sent++
			group.Go(func() {
				if _, err := client.Lookup(t.Context(), "main"); err != nil {
					failed <- err
				}
			})
		}
	}
	group.Wait()
	if len(failed) > 0 {
		t.Errorf("%d of %d failed, first with %v", len(failed), calls, <-failed)
	}
	if sent := server.called("Lookup ") - before; sent != calls {
		t.Errorf("%d lookups were sent %d times", calls, sent)
	}
	if !lease.Alive() {
		t.Errorf("the lease is lost: %v", lease.Cause())
	}
}

func TestLookup_burst_losesNothing(t *testing.T) {
	server := startFakeServer(t)
	server.ttl = 10 * time.Second
	client := server.dial(t)
	lease := hold(t, client)
	var group sync.WaitGroup
	calls := full(20_000)
	failed := make(chan error, calls)
	for range calls {
		group.Go(func() {
			if _, err := client.Lookup(t.Context(), "main"); err != nil {
				failed <- err
			}
		})
	}
	group.Wait()
	if len(failed) > 0 {
		t.Errorf("%d failed, first with %v", len(failed), <-failed)
	}
	if !lease.Alive() {
		t.Errorf("the lease is lost: %v", lease.Cause())
	}
}

func TestHold_cancelledAtAnyTime_leavesNothing(t *testing.T) {
	server := startFakeServer(t)
	server.ttl = 10 * time.Second
	client := server.dial(t)
	kept := hold(t, client)
	var group sync.WaitGroup
	places := make(chan struct{}, 200)
	for range full(10_000) {
		places <- struct{}{}
		group.Go(func() {
			defer func() { <-places }()
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rand.Int64N(int64(5*time.Millisecond))))
			defer cancel()
			lease, err := client.Hold(ctx, "main", Write)
			if err == nil {
				_ = lease.Release(ctx)
			}
		})
	}
	group.Wait()
	await(t, "all but one are given back", func() bool { return client.ledger.size() == 1 && server.held() == 1 })
	if !kept.Alive() {
		t.Errorf("the lease that was kept is lost: %v", kept.Cause())
	}
}

func TestKeeper_hasAConnectionOfItsOwn(t *testing.T) {
	server := startFakeServer(t)
	client := server.dial(t)
	hold(t, client)
	await(t, "the session is renewed", func() bool { return server.called("KeepAlive") > 0 })
	server.with(func() {
		if server.peers["KeepAlive"] == server.peers["Lookup"] {
			t.Errorf("both came from %s", server.peers["Lookup"])
		}
	})
}

func TestContinue_tellsThePurposeAndTheAge(t *testing.T) {
	server := startFakeServer(t)
	client := server.dial(t)
	begin := time.Now()
	lease, err := client.Hold(t.Context(), "main", Write, For("nightly"))
	if err != nil {
		t.Fatal(err)
	}
	granted := time.Now()
	server.with(func() { clear(server.sessions) })
	await(t, "it is continued", func() bool { return server.called("continue "+lease.ID()) > 0 })
	least := time.Since(granted)
	server.with(func() {
		if server.continued.GetPurpose() != "nightly" {
			t.Errorf("continued for %q", server.continued.GetPurpose())
		}
		age := server.continued.GetHeldFor().AsDuration()
		if age <= 0 || age > time.Since(begin) || age < least-time.Second {
			t.Errorf("held for %v, and begun %v ago", age, time.Since(begin))
		}
	})
}

func TestContinue_sendsTheNewestContinuationThatTheServerHasSent(t *testing.T) {
	server := startFakeServer(t)
	server.continuation = "continuation-of-grant-"
	client := server.dial(t)
	lease := hold(t, client)
	restartTo := func(next string) string {
		server.with(func() {
			server.continuation, server.continued = next, nil
			clear(server.sessions)
		})
		await(t, "it is continued", func() bool {
			client.keeper.mu.Lock()
			promise := client.keeper.promise
			client.keeper.mu.Unlock()
			server.mu.Lock()
			defer server.mu.Unlock()
			return server.continued != nil && lease.heldUnder(promise)
		})
		server.mu.Lock()
		defer server.mu.Unlock()
		return server.continued.GetContinuation()
	}
	if sent := restartTo("continuation-of-start2"); sent != "continuation-of-grant-" {
		t.Errorf("after the grant: %q", sent)
	}
	if sent := restartTo(""); sent != "continuation-of-start2" {
		t.Errorf("after one that replaced it: %q", sent)
	}
	if sent := restartTo(""); sent != "continuation-of-start2" {
		t.Errorf("after an empty one: %q", sent)
	}
}

func TestContinue_ofAServerWithoutContinuations_sendsNone(t *testing.T) {
	server := startFakeServer(t)
	client := server.dial(t)
	lease := hold(t, client)
	server.with(func() { clear(server.sessions) })
	await(t, "it is continued", func() bool { return server.called("continue "+lease.ID()) > 0 })
	server.with(func() {
		if sent := server.continued.GetContinuation(); sent != "" {
			t.Errorf("sent %q", sent)
		}
	})
}

func TestContinue_manyLeases_inAThirdOfTheTTL(t *testing.T) {
	server := startFakeServer(t)
	server.ttl = 10 * time.Second
	client := server.dial(t)
	count := full(5_000)
	leases := make([]*Lease, count)
	for i := range leases {
		leases[i] = hold(t, client)
	}
	server.with(func() {
		clear(server.sessions)
		server.slow = time.Millisecond
		server.atOnce = 0
	})
	client.keeper.mu.Lock()
	view := client.keeper.view()
	client.keeper.mu.Unlock()
	begin := time.Now()
	client.keeper.suspect(view, &RefusedError{Reason: SessionNotFound, Metadata: map[string]string{"recovering": "true"}})
	await(t, "all are continued", func() bool {
		client.keeper.mu.Lock()
		promise := client.keeper.promise
		client.keeper.mu.Unlock()
		return promise != view.promise && stillHeld(leases, promise) == count
	})
	if took := time.Since(begin); took > server.ttl/3 {
		t.Errorf("%d leases took %v", count, took)
	}
	if server.atOnce < 8 {
		t.Errorf("%d at a time", server.atOnce)
	}
}

func TestReturns_many_areSentSideBySide(t *testing.T) {
	server := startFakeServer(t)
	client := server.dial(t)
	server.with(func() { server.slow = 5 * time.Millisecond })
	for range 200 {
		client.drop(hold(t, client))
	}
	await(t, "all are given back", func() bool { return client.ledger.size() == 0 })
	if server.atOnce < 8 {
		t.Errorf("%d at a time", server.atOnce)
	}
}

// The interleaving: the answer to a Lookup is in the client's hands, close tells all holders, and only then the lease
// becomes a held one. Nobody would look at its clock any more.
func TestLease_lostBeforeItIsGranted_isNeverHeld(t *testing.T) {
	clock := newSystemClock()
	lease := &Lease{client: &Client{clock: clock}, lost: make(chan struct{})}
	lease.lose(Closed)
	if lease.granted(nil, Answer{}, newPromise(clock, clock.now(), time.Minute)) || lease.Alive() {
		t.Error("held after close")
	}
}
