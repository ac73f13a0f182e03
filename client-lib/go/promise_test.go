package datastored

import (
	"testing"
	"time"
)

func TestPromise_countsFromSending_notFromTheAnswer(t *testing.T) {
	clock := &manualClock{}
	sent := clock.now()
	clock.pass(3 * time.Second)
	promise := newPromise(clock, sent, 10*time.Second)
	if left := promise.left(); left != 7*time.Second {
		t.Errorf("left %v, want 7s", left)
	}
	clock.pass(7 * time.Second)
	if promise.live() {
		t.Error("live at the end of its ttl")
	}
}

func TestPromise_renewedAfterItsEnd_staysOver(t *testing.T) {
	clock := &manualClock{}
	promise := newPromise(clock, clock.now(), 10*time.Second)
	clock.pass(9 * time.Second)
	sent := clock.now()
	clock.pass(2 * time.Second)
	// Sent in time, answered too late. Nobody has looked in between.
	if promise.renew(sent, 10*time.Second) || promise.live() {
		t.Error("a late answer revived it")
	}
}

func TestPromise_renewedForLess_neverGoesBack(t *testing.T) {
	clock := &manualClock{}
	promise := newPromise(clock, clock.now(), 10*time.Second)
	clock.pass(time.Second)
	if !promise.renew(clock.now(), 0) {
		t.Fatal("not renewed")
	}
	if left := promise.left(); left != 9*time.Second {
		t.Errorf("left %v, want 9s", left)
	}
}

func TestPromise_wallClockRanAhead_isOver(t *testing.T) {
	clock := &manualClock{}
	promise := newPromise(clock, clock.now(), 10*time.Second)
	clock.suspend(time.Second)
	if !promise.live() {
		t.Error("over though the wall clock is ahead by one second only")
	}
	clock.suspend(time.Millisecond)
	if promise.live() {
		t.Error("live after a suspend")
	}
	clock.suspend(-time.Hour)
	if promise.live() {
		t.Error("revived by the wall clock")
	}
}

func TestPromise_wallClockSetBack_lengthensNothing(t *testing.T) {
	clock := &manualClock{}
	promise := newPromise(clock, clock.now(), 10*time.Second)
	clock.suspend(-time.Hour)
	if left := promise.left(); left != 10*time.Second {
		t.Errorf("left %v, want 10s", left)
	}
	clock.pass(10 * time.Second)
	if promise.live() {
		t.Error("live after its ttl")
	}
}

func TestPromise_wallClockRanAheadBeforeARenewal_isOver(t *testing.T) {
	clock := &manualClock{}
	promise := newPromise(clock, clock.now(), 10*time.Second)
	clock.suspend(time.Minute)
	if promise.renew(clock.now(), 10*time.Second) {
		t.Error("renewed after a suspend that nobody had looked at")
	}
}

func TestPromise_renewed_measuresTheWallClockAnew(t *testing.T) {
	clock := &manualClock{}
	promise := newPromise(clock, clock.now(), 10*time.Second)
	for range 5 {
		// A clock that is slewed drifts by little between two answers, and by much in all.
		clock.pass(3 * time.Second)
		clock.suspend(900 * time.Millisecond)
		if !promise.renew(clock.now(), 10*time.Second) {
			t.Fatal("not renewed")
		}
	}
}
