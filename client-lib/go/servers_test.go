package datastored

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	pb "datastored.io/client/datastoredv1"
	"google.golang.org/grpc/codes"
)

// A pair is two servers of one history and a client of both. It begins with old.
type pair struct {
	t         *testing.T
	old, next *fakeServer
	client    *Client
}

func startPair(t *testing.T, prepare func(old, next *fakeServer)) *pair {
	t.Helper()
	one, two := startFakeServer(t), startFakeServer(t)
	one.life, two.life = ":oneooooo", ":twottttt"
	for _, each := range []*fakeServer{one, two} {
		each.adopts = true
		each.ttl = 3 * time.Second
		each.watch = silentWatch
	}
	if prepare != nil {
		prepare(one, two)
	}
	p := &pair{t, one, two, dialTargets(t, one.target+","+two.target, WithTTL(3*time.Second))}
	if strings.HasSuffix(p.client.SessionID(), two.life) {
		p.old, p.next = two, one
	}
	return p
}

// awaitMoved waits until the client is at the next server and nothing of it is left at the old one.
func (p *pair) awaitMoved(lease *Lease) {
	p.t.Helper()
	await(p.t, "the lease goes on at the next server", func() bool { return p.next.called("continue "+lease.ID()) > 0 })
	await(p.t, "the old server is left for good", func() bool {
		p.client.keeper.mu.Lock()
		defer p.client.keeper.mu.Unlock()
		return len(p.client.keeper.left) == 0 && p.client.keeper.state == sessionOpen
	})
	renewed := p.next.called("KeepAlive")
	await(p.t, "the session is renewed there", func() bool { return p.next.called("KeepAlive") > renewed })
	if !lease.Alive() || !strings.HasSuffix(p.client.SessionID(), p.next.life) {
		p.t.Errorf("lost: %q; session %s", lease.Cause(), p.client.SessionID())
	}
	p.next.with(func() {
		if p.next.leases[lease.ID()] != lease.FencingToken() {
			p.t.Errorf("leases there: %v; held: %s with token %d", p.next.leases, lease.ID(), lease.FencingToken())
		}
	})
}

func (p *pair) untouched(s *fakeServer) {
	p.t.Helper()
	s.with(func() {
		if len(s.calls) > 0 {
			p.t.Errorf("asked, too: %v", s.calls)
		}
	})
}

func TestServers_oneIsUsedForEverything(t *testing.T) {
	p := startPair(t, nil)
	lease := hold(t, p.client)
	if _, err := p.client.Lookup(t.Context(), "main"); err != nil {
		t.Fatal(err)
	}
	await(t, "it is renewed", func() bool { return p.old.called("KeepAlive") > 1 })
	p.untouched(p.next)
	if err := lease.Release(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestServers_clientsBeginAtDifferentOnes(t *testing.T) {
	first := map[string]int{}
	for range 60 {
		servers, err := newServers("127.0.0.1:1, 127.0.0.1:2,127.0.0.1:3", func(target string) (*server, error) {
			return newServer(target, newOptions(nil), shortTiming, nil)
		})
		if err != nil {
			t.Fatal(err)
		}
		first[servers.target()]++
		_ = servers.now().close()
	}
	if len(first) != 3 {
		t.Errorf("they begin at %v", first)
	}
}

func TestServers_oneTargetIsNone_isRefused(t *testing.T) {
	for _, targets := range []string{"127.0.0.1:7400,", "127.0.0.1:7400,host", ",127.0.0.1:7400"} {
		if err := dialFails(t, targets); !strings.Contains(err.Error(), "expected HOST:PORT") {
			t.Errorf("%q: %v", targets, err)
		}
	}
}

func TestServers_oneIsDownAtTheStart_theOtherIsUsed(t *testing.T) {
	p := startPair(t, func(one, _ *fakeServer) { one.stop() })
	if lease := hold(t, p.client); !lease.Alive() {
		t.Errorf("lost: %v", lease.Cause())
	}
}

func TestServers_oneIsUnknown_theOtherIsUsed_andAllAreReportedAtOnce(t *testing.T) {
	server := startFakeServer(t)
	for range 4 {
		hold(t, dialTargets(t, server.target+",nowhere.invalid:7400"))
	}
	var unreachable *UnreachableError
	if err := dialFails(t, "nowhere.invalid:7400,elsewhere.invalid:7400"); !errors.As(err, &unreachable) {
		t.Errorf("failed with %v", err)
	}
}

func TestServers_serverDies_leasesLookupsAndWatchesGoOnAtTheNext(t *testing.T) {
	p := startPair(t, nil)
	lease := hold(t, p.client)
	before := p.client.SessionID()
	watch := p.client.Watch()
	defer watch.Close()
	if _, err := watch.Next(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.old.stop()
	if _, err := p.client.Lookup(t.Context(), "main"); err != nil {
		t.Error(err)
	}
	if other := hold(t, p.client); !other.Alive() {
		t.Errorf("the other lease is lost: %v", other.Cause())
	}
	p.awaitMoved(lease)
	if asked, _, _ := strings.Cut(before, ":"); p.next.called("OpenSession "+asked) != 1 {
		t.Errorf("not the same session: %v", p.next.calls)
	}
	await(t, "the watch goes on where it was", func() bool { return p.next.called("WatchGeneration 5") > 0 })
	if p.next.called("WatchGeneration 0") > 0 {
		t.Error("the watch begins anew")
	}
}

func TestServers_serverStops_isLeftBeforeItsSessionIsDue(t *testing.T) {
	p := startPair(t, nil)
	lease := hold(t, p.client)
	renewed := p.old.called("KeepAlive")
	p.old.goAway()
	p.awaitMoved(lease)
	if again := p.old.called("KeepAlive"); again > renewed+1 {
		t.Errorf("renewed there %d times meanwhile", again-renewed)
	}
}

// A server that stops tells its watchers before it refuses calls.
func TestServers_watchIsEnded_isOpenedAndConfirmedAtTheNext_andThenClosedAtTheOld(t *testing.T) {
	p := startPair(t, nil)
	lease := hold(t, p.client)
	stops := make(chan struct{})
	p.old.with(func() {
		p.old.watch = func(_ *pb.WatchGenerationRequest, stream serverStream) error {
			_ = stream.Send(at(snapshotOf(pb.SnapshotReason_SNAPSHOT_REASON_REQUESTED, "a"), 5))
			<-stops
			return refusal(codes.Unavailable, NotReady, nil)
		}
	})
	p.next.with(func() { p.next.silent["continue"] = true })
	watch := p.client.Watch()
	defer watch.Close()
	if _, err := watch.Next(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := p.client.SessionID()
	close(stops)
	await(t, "the next one is asked to take the lease up", func() bool { return p.next.called("continue "+lease.ID()) > 0 })
	if p.old.called("CloseSession "+before) > 0 || !lease.Alive() {
		t.Errorf("the lease is counted nowhere, and alive: %v", lease.Alive())
	}
	p.next.with(func() { p.next.silent["continue"] = false })
	p.awaitMoved(lease)
	await(t, "the session is closed at the old one", func() bool { return p.old.called("CloseSession "+before) == 1 })
	// It may come late: the id is not asked for again, by a client that comes back.
	p.next.stop()
	await(t, "it is back", func() bool { return strings.HasSuffix(p.client.SessionID(), p.old.life) && lease.Alive() })
	if now := p.client.SessionID(); now == before {
		t.Errorf("session %s is there again", now)
	}
}

func TestServers_leaseIsTakenUpLate_staysThere(t *testing.T) {
	p := startPair(t, nil)
	lease := hold(t, p.client)
	p.next.with(func() { p.next.silent["continue"] = true })
	asked := p.client.keeper.asked
	p.client.keeper.unreachable(p.client.servers.now())
	// The first ask is never answered; the next one is, while the old promise holds.
	await(t, "the next one is asked", func() bool { return p.next.called("continue "+lease.ID()) == 1 })
	p.next.with(func() { p.next.silent["continue"] = false })
	p.awaitMoved(lease)
	if p.old.called("OpenSession "+asked) != 1 {
		t.Errorf("back at the old one meanwhile: %v", p.old.calls)
	}
}

func TestServers_noAnswer_isLeftWithinTheTerm(t *testing.T) {
	p := startPair(t, nil)
	lease := hold(t, p.client)
	p.old.with(func() { p.old.silent["KeepAlive"] = true })
	p.awaitMoved(lease)
	if p.old.called("KeepAlive") == 0 {
		t.Error("left though it was not asked")
	}
}

func TestServers_notReady_staysWhileTheTermHolds_andLeavesBeforeItIsOver(t *testing.T) {
	p := startPair(t, nil)
	lease := hold(t, p.client)
	p.old.with(func() { p.old.renewRefusal = refusal(codes.Unavailable, NotReady, nil) })
	await(t, "it is asked again", func() bool { return p.old.called("KeepAlive") > 3 })
	p.untouched(p.next)
	p.awaitMoved(lease)
}

// Each of them has the same trouble with their store: no reason to connect without a pause.
func TestServers_noneIsReady_arePausedBetween(t *testing.T) {
	refuse := refusal(codes.Unavailable, NotReady, nil)
	p := startPair(t, nil)
	lease := hold(t, p.client)
	var opened int
	for _, each := range []*fakeServer{p.old, p.next} {
		each.with(func() { each.openRefusal, each.renewRefusal = refuse, refuse })
	}
	await(t, "the lease is lost", func() bool { return !lease.Alive() })
	for _, each := range []*fakeServer{p.old, p.next} {
		opened += each.called("refused OpenSession")
	}
	// 50 ms is the longest pause of a test, half of it the shortest of those.
	if least, most := 5, int(3*time.Second/(25*time.Millisecond)); opened < least || opened > most {
		t.Errorf("opened %d times", opened)
	}
	for _, each := range []*fakeServer{p.old, p.next} {
		each.with(func() { each.openRefusal, each.renewRefusal = nil, nil })
	}
	if again := hold(t, p.client); !again.Alive() {
		t.Errorf("nothing can be held any more: %v", again.Cause())
	}
}

func TestServers_noneIsThere_leaseGoesOnAtTheFirstThatIsBack(t *testing.T) {
	p := startPair(t, nil)
	lease := hold(t, p.client)
	begin := time.Now()
	p.next.with(func() { p.next.openRefusal = refusal(codes.Unavailable, NotReady, nil) })
	p.old.stop()
	await(t, "the other one is asked", func() bool { return p.next.called("refused OpenSession") > 0 })
	p.next.with(func() { p.next.openRefusal = nil })
	p.awaitMoved(lease)
	if took := time.Since(begin); took > 3*time.Second {
		t.Errorf("after %v", took)
	}
}

func TestServers_leaseNotContinuedAtTheNext_isLost(t *testing.T) {
	p := startPair(t, func(one, two *fakeServer) { one.adopts, two.adopts = false, false })
	lease := hold(t, p.client)
	p.old.stop()
	await(t, "the holder is told", func() bool { return lease.Cause() == NotContinued })
}

// Two addresses of one server: its session is one, and must not be closed behind the client's back.
func TestServers_theSameAtTwoAddresses_keepsItsSession(t *testing.T) {
	server := startFakeServer(t)
	server.life = ":oneooooo"
	server.watch = silentWatch
	client := dialTargets(t, server.target+","+strings.Replace(server.target, "127.0.0.1", "localhost", 1))
	lease := hold(t, client)
	client.keeper.unreachable(client.servers.now())
	await(t, "it is opened again", func() bool {
		return server.called("OpenSession "+strings.TrimSuffix(client.SessionID(), server.life)) == 2
	})
	renewed := server.called("KeepAlive")
	await(t, "it is renewed", func() bool { return server.called("KeepAlive") > renewed+2 })
	if !lease.Alive() || slices.Contains(server.calls, "CloseSession "+client.SessionID()) {
		t.Errorf("lost: %q", lease.Cause())
	}
}
