package datastored

import (
	"testing"
	"time"
)

func TestBackoff_next_doublesUpToTheLongest(t *testing.T) {
	pause := newBackoff(200*time.Millisecond, time.Second)
	pause.random = func() float64 { return 0.999999 }
	for i, ceiling := range []time.Duration{200, 400, 800, 1000, 1000} {
		ceiling *= time.Millisecond
		if wait := pause.next(0); wait < ceiling*99/100 || wait > ceiling {
			t.Errorf("wait %d is %v, want about %v", i, wait, ceiling)
		}
	}
	pause.reset()
	if wait := pause.next(0); wait > 200*time.Millisecond {
		t.Errorf("after reset %v", wait)
	}
}

func TestBackoff_next_neverLessThanHalfOfTheCeiling(t *testing.T) {
	pause := newBackoff(200*time.Millisecond, time.Second)
	pause.random = func() float64 { return 0 }
	for i, floor := range []time.Duration{100, 200, 400, 500} {
		if wait := pause.next(0); wait != floor*time.Millisecond {
			t.Errorf("wait %d is %v, want %v", i, wait, floor*time.Millisecond)
		}
	}
}

func TestBackoff_next_notBeforeTheServerAskedFor(t *testing.T) {
	pause := newBackoff(200*time.Millisecond, time.Second)
	if wait := pause.next(4 * time.Second); wait != 4*time.Second {
		t.Errorf("wait %v, want 4s", wait)
	}
}
