import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { status } from '@grpc/grpc-js';
import { Client } from '../src/index.js';
import { bookmark, change, FakeServer, refusal, revision, sessionNotFound, snapshot, until } from './fake_server.js';

/** @type {FakeServer} */
let server;
/** @type {Client} */
let client;

beforeEach(async () => {
  server = await new FakeServer().start();
  server.ttl = 30_000;
  client = await Client.connect(server.address, { firstPauseMs: 5, longestPauseMs: 20, client: 'test' });
});

afterEach(async () => {
  await client.close();
  server.stop();
});

/** @param {AsyncIterator<import('../src/index.js').Frame>} watch */
async function next(watch) {
  const { value, done } = await watch.next();
  assert.equal(done, false);
  return value;
}

/** Answers each new watch by the next of these, the last one for ever. @param {((call: any) => void)[]} answers */
function streams(...answers) {
  server.onWatch = (call) => (answers.length > 1 ? answers.shift() : answers[0])?.(call);
}

/** @param {any} call */
function cut(call) {
  call.emit('error', Object.assign(new Error('cut'), { code: status.UNAVAILABLE }));
}

/** What the watches asked to resume from. */
function known() {
  return server.asked('watchGeneration').map((request) => request.known && Number(request.known.generation));
}

test('watch_streamCut_resumesFromWhatWasApplied', async () => {
  streams(
    (call) => {
      call.write({ revision: revision(3), frame: snapshot('main') });
      cut(call);
    },
    (call) => call.write({ revision: revision(5), frame: change('main') }),
  );
  const watch = client.watch({ datastores: ['ma*'] });
  assert.equal((await next(watch)).kind, 'snapshot');
  const frame = await next(watch);
  assert.equal(frame.kind, 'change');
  assert.equal(frame.revision.generation, 5);
  assert.deepEqual(known(), [undefined, 3]);
  assert.equal(server.asked('watchGeneration')[1].sessionId, client.sessionId);
  assert.deepEqual(server.asked('watchGeneration')[1].datastores, ['ma*']);
});

test('watch_partsThenCut_areForgotten', async () => {
  streams(
    (call) => {
      call.write({ revision: revision(3), frame: snapshot() });
      call.write({ frame: change('half') });
      cut(call);
    },
    (call) => call.write({ revision: revision(5), frame: change('main') }),
  );
  const watch = client.watch();
  await next(watch);
  const frame = await next(watch);
  assert.deepEqual(frame.kind === 'change' && frame.changed.map(({ name }) => name), ['main']);
  assert.deepEqual(known(), [undefined, 3]);
});

test('watch_changeOfRightsAtTheSameRevision_isTold', async () => {
  streams((call) => {
    call.write({ revision: revision(3), frame: snapshot('hidden') });
    call.write({
      revision: revision(3),
      frame: { case: 'change', value: { changed: [{ name: 'shown' }], removed: ['hidden'], generations: 0n } },
    });
  });
  const watch = client.watch();
  await next(watch);
  const frame = await next(watch);
  assert.deepEqual(
    frame.kind === 'change' && [frame.changed.map(({ name }) => name), frame.removed, frame.generations],
    [['shown'], ['hidden'], 0],
  );
});

test('watch_olderAndRepeatedFrames_areDropped', async () => {
  streams((call) => {
    call.write({ revision: revision(3), frame: snapshot() });
    call.write({ revision: revision(3), frame: change('again') });
    call.write({ revision: revision(2), frame: change('older') });
    call.write({ revision: revision(2), frame: bookmark(1000) });
    call.write({ revision: revision(4), frame: change('newer') });
  });
  const watch = client.watch({ bookmarks: true });
  await next(watch);
  const frame = await next(watch);
  assert.deepEqual(frame.kind === 'change' && frame.changed.map(({ name }) => name), ['newer']);
});

test('watch_unknownKindOfFrame_watchesAgainWithoutKnown', async () => {
  streams(
    (call) => {
      call.write({ revision: revision(3), frame: snapshot('main') });
      call.write({ revision: revision(4) });
    },
    (call) => call.write({ revision: revision(4), frame: snapshot('main', 'other') }),
  );
  const watch = client.watch();
  await next(watch);
  const frame = await next(watch);
  assert.equal(frame.kind, 'snapshot');
  assert.equal(frame.revision.generation, 4);
  assert.deepEqual(known(), [undefined, undefined]);
});

test('watch_changeOfAnotherHistory_asksForASnapshot', async () => {
  const other = { incarnation: 'fedcba9876543210', generation: 9n };
  streams(
    (call) => {
      call.write({ revision: revision(3), frame: snapshot() });
      call.write({ revision: other, frame: change('main') });
    },
    (call) => call.write({ revision: other, frame: snapshot() }),
  );
  const watch = client.watch();
  await next(watch);
  assert.equal((await next(watch)).revision.incarnation, other.incarnation);
  assert.deepEqual(known(), [undefined, undefined]);
});

test('watch_olderSnapshot_isAppliedOnlyWhenTheServerWasSetBack', async () => {
  const back = snapshot('back');
  streams(
    (call) => {
      call.write({ revision: revision(9), frame: snapshot() });
      cut(call);
    },
    // Of a server that lags behind: asked again.
    (call) => call.write({ revision: revision(4), frame: snapshot('lagging') }),
    (call) => call.write({ revision: revision(5), frame: { ...back, value: { ...back.value, reason: 4 } } }),
  );
  const watch = client.watch();
  await next(watch);
  const frame = await next(watch);
  assert.equal(frame.revision.generation, 5);
  assert.equal(frame.kind === 'snapshot' && frame.reason, 'AHEAD');
  assert.equal(known().length, 3);
});

test('watch_silentForThreeIntervals_isOpenedAgain', async () => {
  streams(
    (call) => {
      call.write({ revision: revision(3), frame: snapshot() });
      call.write({ revision: revision(3), frame: bookmark(30) });
    },
    (call) => call.write({ revision: revision(4), frame: change('main') }),
  );
  const watch = client.watch();
  await next(watch);
  assert.equal((await next(watch)).revision.generation, 4);
  assert.deepEqual(known(), [undefined, 3]);
});

test('watch_streamsThatOpenAndFailAtOnce_pausesGrow', async () => {
  /** @type {number[]} */
  const opened = [];
  streams((call) => {
    opened.push(performance.now());
    call.write({ revision: revision(3), frame: bookmark(1000) });
    cut(call);
  });
  const patient = await Client.connect(server.address, { firstPauseMs: 20, longestPauseMs: 160, random: () => 1 });
  const watch = patient.watch({ known: { incarnation: revision(3).incarnation, generation: 3 } });
  const waiting = watch.next();
  await until(() => opened.length >= 6);
  await patient.close();
  assert.equal((await waiting).done, true);
  const gaps = opened.slice(1, 6).map((time, i) => time - opened[i]);
  // 20, 40, 80, 160, 160 at least; a timer may fire a little early.
  for (const [i, gap] of gaps.entries()) {
    assert.ok(gap > Math.min(20 * 2 ** i, 160) - 2, `gaps ${gaps}`);
  }
});

test('watch_sessionForgotten_goesOnUnderTheNextOne', async () => {
  const before = client.sessionId;
  streams(
    (call) => {
      call.write({ revision: revision(3), frame: snapshot() });
      call.emit('error', sessionNotFound({ recovering: false }));
    },
    (call) => call.write({ revision: revision(4), frame: change('main') }),
  );
  server.instead.keepAlive = ({ sessionId }) => {
    if (sessionId === before) {
      throw sessionNotFound({ recovering: false });
    }
  };
  const watch = client.watch();
  await next(watch);
  await next(watch);
  assert.notEqual(client.sessionId, before);
  assert.equal(server.asked('watchGeneration')[1].sessionId, client.sessionId);
  assert.deepEqual(known(), [undefined, 3]);
});

test('watch_refused_throwsAndEnds', async () => {
  streams((call) => call.emit('error', refusal('INVALID_REQUEST', status.INVALID_ARGUMENT)));
  const watch = client.watch({ datastores: ['*no*'] });
  await assert.rejects(watch.next(), { reason: 'INVALID_REQUEST' });
  assert.equal((await watch.next()).done, true);
});

test('watch_loopLeft_streamIsCancelled', async () => {
  let cancelled = false;
  streams((call) => {
    call.on('cancelled', () => {
      cancelled = true;
    });
    call.write({ revision: revision(3), frame: snapshot() });
  });
  for await (const frame of client.watch()) {
    assert.equal(frame.kind, 'snapshot');
    break;
  }
  await until(() => cancelled);
});

test('watch_bookmarks_areHandedOnWhenAskedForOrWithMountStates', async () => {
  const mounts = { case: 'bookmark', value: { removable: [{ name: 'usb', mountState: 3 }] } };
  server.onWatch = (call) => {
    call.write({ revision: revision(3), frame: snapshot() });
    call.write({ revision: revision(3), frame: bookmark(1000) });
    call.write({ revision: revision(3), frame: mounts });
  };
  const every = client.watch({ bookmarks: true });
  assert.deepEqual([(await next(every)).kind, (await next(every)).kind], ['snapshot', 'bookmark']);
  const some = client.watch();
  await next(some);
  const frame = await next(some);
  assert.equal(frame.kind === 'bookmark' && frame.removable[0].mountState, 'NOT_MOUNTED');
});
