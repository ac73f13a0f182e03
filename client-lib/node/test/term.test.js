import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backoff } from '../src/backoff.js';
import { moment, Term } from '../src/term.js';

/** A clock that stands still until it is moved. */
class ManualClock {
  time = 5000;
  sleep = 0;
  now = () => this.time;
  wall = () => 1_700_000_000_000 + this.time + this.sleep;
  wake = () => () => {};
}

test('term_answerCameLate_countsFromSending', () => {
  const clock = new ManualClock();
  const sending = moment(clock);
  clock.time += 800;
  const term = new Term(clock, sending, 1000);
  assert.equal(term.left, 200);
  clock.time += 200;
  assert.equal(term.over, true);
  assert.equal(term.left, 0);
});

test('term_renewedAfterItsEnd_staysOver', () => {
  const clock = new ManualClock();
  const term = new Term(clock, moment(clock), 1000);
  clock.time += 900;
  const sending = moment(clock);
  clock.time += 100;
  assert.equal(term.renew(sending, 1000), false);
  assert.equal(term.over, true);
});

test('term_renewedInTime_goesOn', () => {
  const clock = new ManualClock();
  const term = new Term(clock, moment(clock), 1000);
  clock.time += 900;
  assert.equal(term.renew(moment(clock), 2000), true);
  assert.equal(term.left, 2000);
  assert.equal(term.ttl, 2000);
});

test('term_machineHasSlept_isOver', () => {
  const clock = new ManualClock();
  const term = new Term(clock, moment(clock), 60_000);
  clock.sleep = 1000;
  assert.equal(term.over, false);
  clock.sleep = 1001;
  assert.equal(term.over, true);
  clock.sleep = 0;
  assert.equal(term.over, true);
});

test('term_machineHasSleptWhileTheAnswerWasOnItsWay_isOver', () => {
  const clock = new ManualClock();
  const term = new Term(clock, moment(clock), 60_000);
  const sending = moment(clock);
  clock.sleep = 3_600_000;
  assert.equal(term.renew(sending, 60_000), false);
  const first = new Term(clock, sending, 60_000);
  assert.equal(first.over, true);
});

test('term_wallClockSetBack_provesNothing', () => {
  const clock = new ManualClock();
  const term = new Term(clock, moment(clock), 60_000);
  clock.sleep = -3_600_000;
  assert.equal(term.over, false);
});

test('term_wallClockDriftsSlowly_isForgottenWithEachAnswer', () => {
  const clock = new ManualClock();
  const term = new Term(clock, moment(clock), 60_000);
  for (let i = 0; i < 10; i++) {
    clock.sleep += 900;
    assert.equal(term.renew(moment(clock), 60_000), true);
  }
});

test('backoff_failures_growsToItsLimitWithinHalfOfIt', () => {
  for (const chance of [0, 0.5, 1]) {
    const backoff = new Backoff({ first: 100, most: 1000, random: () => chance });
    const pauses = Array.from({ length: 6 }, () => backoff.next());
    const whole = [100, 200, 400, 800, 1000, 1000];
    assert.deepEqual(
      pauses,
      whole.map((ms) => ms * (0.5 + chance / 2)),
    );
    backoff.reset();
    assert.equal(backoff.next(), 50 + 50 * chance);
  }
});

test('backoff_serverAsksForMore_waitsAsLong', () => {
  const backoff = new Backoff({ first: 100, most: 1000, random: () => 1 });
  assert.equal(backoff.next(3000), 3000);
  assert.equal(backoff.next(10), 200);
});
