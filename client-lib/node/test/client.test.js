import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, test } from 'node:test';
import { durationMs } from '@bufbuild/protobuf/wkt';
import { status } from '@grpc/grpc-js';
import { systemClock } from '../src/clock.js';
import { Client, NoAnswerError, RefusedError } from '../src/index.js';
import { FakeServer, refusal, sessionNotFound, until } from './fake_server.js';

/** @type {FakeServer} */
let server;
/** @type {Client} */
let client;
const QUICK = { firstPauseMs: 5, longestPauseMs: 20, closeTimeoutMs: 500 };

beforeEach(async () => {
  server = await new FakeServer().start();
});

afterEach(async () => {
  await client?.close();
  server.stop();
});

/** @param {import('../src/index.js').ClientOptions} [options] */
async function connect(options) {
  client = await Client.connect(server.address, { ...QUICK, client: 'test', ...options });
  return client;
}

/** The next answers to a method, one each; then the usual ones.
 * @param {string} method
 * @param {((request: any) => any)[]} answers
 */
function script(method, ...answers) {
  server.instead[method] = (request) => answers.shift()?.(request);
}

/** The connection breaks before the answer is here. */
function cut() {
  throw Object.assign(new Error('cut'), { code: status.UNAVAILABLE });
}

/** @param {Error} failure */
function failing(failure) {
  return () => {
    throw failure;
  };
}

test('connect_serverNotReadyAtFirst_triesAgainUnderOneId', async () => {
  script('openSession', failing(refusal('NOT_READY', status.UNAVAILABLE, { retryAfter: 1 })), cut);
  await connect();
  const ids = server.asked('openSession').map(({ sessionId }) => sessionId);
  assert.equal(ids.length, 3);
  assert.equal(new Set(ids).size, 1);
  assert.equal(client.sessionId, ids[0]);
  assert.equal(client.ttlMs, 1500);
});

test('connect_refused_throwsItsReason', async () => {
  server.instead.openSession = failing(refusal('QUOTA_EXCEEDED', status.RESOURCE_EXHAUSTED));
  await assert.rejects(connect(), { name: 'RefusedError', reason: 'QUOTA_EXCEEDED', code: 'RESOURCE_EXHAUSTED' });
});

test('connect_nobodyThere_givesUpAfterItsTimeout', async () => {
  server.stop();
  await assert.rejects(connect({ timeoutMs: 100 }), NoAnswerError);
});

test('hold_answerLost_asksAgainUnderOneId', async () => {
  await connect();
  script('lookup', cut, cut);
  const lease = await client.hold('main', 'WRITE');
  const asked = server.asked('lookup');
  assert.equal(asked.length, 3);
  assert.deepEqual(new Set(asked.map(({ leaseId }) => leaseId)), new Set([lease.id]));
  assert.equal(lease.fencingToken, 100);
  assert.equal(lease.alive, true);
});

test('hold_givenUp_isGivenBack', async () => {
  await connect();
  server.instead.lookup = ({ leaseId }) => {
    server.leases.add(leaseId);
    return 'silence';
  };
  await assert.rejects(client.hold('main', 'WRITE', { timeoutMs: 100 }), NoAnswerError);
  await until(() => server.asked('release').length === 1);
  assert.equal(server.leases.size, 0);

  const controller = new AbortController();
  const held = client.hold('main', 'WRITE', { signal: controller.signal });
  await until(() => server.leases.size === 1);
  controller.abort(new Error('enough'));
  await assert.rejects(held, { message: 'enough' });
  await until(() => server.leases.size === 0);
});

test('hold_refused_neitherRepeatedNorReleased', async () => {
  await connect();
  server.instead.lookup = failing(refusal('UNDER_MAINTENANCE', status.FAILED_PRECONDITION));
  await assert.rejects(client.hold('main', 'WRITE'), RefusedError);
  assert.equal(server.asked('lookup').length, 1);
  assert.equal(server.asked('release').length, 0);
});

test('hold_leaseEndedMeanwhile_releasesItAndTakesAnotherId', async () => {
  await connect();
  script('lookup', cut, failing(refusal('LEASE_ENDED', status.ABORTED)));
  const lease = await client.hold('main', 'WRITE');
  const [first, second, third] = server.asked('lookup').map(({ leaseId }) => leaseId);
  assert.equal(first, second);
  assert.notEqual(second, third);
  assert.equal(lease.id, third);
  await until(() => server.asked('release').some(({ leaseId }) => leaseId === first));
});

test('hold_neitherReadNorWrite_isAMistake', async () => {
  await connect();
  await assert.rejects(client.hold('main', /** @type {any} */ ('LOOKUP')), TypeError);
});

test('release_answerLost_isRepeatedUntilAnswered', async () => {
  await connect();
  const lease = await client.hold('main', 'READ');
  script('release', cut, failing(refusal('NOT_READY', status.UNAVAILABLE)), cut);
  await Promise.all([lease.release(), lease.release()]);
  await lease.release();
  assert.equal(server.asked('release').length, 4);
  assert.equal(server.leases.size, 0);
  assert.equal(lease.alive, false);
});

test('keepAlive_leaseEndedByForce_isToldAndStaysUntilReleased', async () => {
  await connect();
  const lease = await client.hold('main', 'WRITE');
  const other = await client.hold('main', 'WRITE');
  server.leases.delete(lease.id);
  server.endedLeaseIds = [lease.id];
  assert.equal(await lease.lost, 'FORCED');
  assert.equal(lease.alive, false);
  assert.equal(lease.signal.aborted, true);
  assert.equal(other.alive, true);
  assert.equal(server.asked('release').length, 0);
  await lease.release();
  assert.deepEqual(server.asked('release'), [server.asked('release')[0]]);
  assert.equal(server.asked('release')[0].leaseId, lease.id);
});

test('keepAlive_serverCountsOneMoreTwice_isReleased', async () => {
  await connect();
  const lease = await client.hold('main', 'WRITE');
  server.leases.add('overtaken');
  await until(() => !server.leases.has('overtaken'));
  assert.deepEqual([...server.leases], [lease.id]);
  assert.equal(server.asked('listLeases')[0].sessionId, client.sessionId);
  assert.equal(lease.alive, true);
});

test('keepAlive_serverCountsFewerTwice_asksForThemAndTellsWhatIsLost', async () => {
  await connect();
  const kept = await client.hold('main', 'WRITE');
  const gone = await client.hold('main', 'READ');
  server.leases.clear();
  server.instead.lookup = ({ leaseId }) => {
    if (leaseId === gone.id) {
      throw refusal('LEASE_ENDED', status.ABORTED);
    }
  };
  assert.equal(await gone.lost, 'NOT_CONTINUED');
  await until(() => server.leases.has(kept.id));
  assert.equal(kept.alive, true);
});

test('keepAlive_unansweredForATerm_isLostAndAnotherSessionOpened', async () => {
  await connect();
  const lease = await client.hold('main', 'WRITE');
  const before = client.sessionId;
  server.instead.keepAlive = () => 'silence';
  assert.equal(await lease.lost, 'EXPIRED');
  assert.equal(lease.alive, false);
  delete server.instead.keepAlive;
  const next = await client.hold('main', 'WRITE');
  assert.notEqual(client.sessionId, before);
  assert.equal(server.asked('lookup').at(-1).sessionId, client.sessionId);
  assert.equal(next.alive, true);
  // Nothing of the old session is continued.
  assert.ok(server.asked('lookup').every(({ heldFencingToken }) => heldFencingToken === 0n));
});

test('keepAlive_sessionEnded_isToldAtOnce', async () => {
  server.ttl = 3000;
  await connect();
  const lease = await client.hold('main', 'WRITE');
  script('keepAlive', failing(sessionNotFound({ recovering: false })));
  assert.equal(await lease.lost, 'SESSION_ENDED');
  await until(() => server.asked('openSession').length === 2);
});

test('keepAlive_serverRestarted_opensAgainUnderTheIdAndContinues', async () => {
  await connect();
  const lease = await client.hold('main', 'WRITE', { purpose: 'backup' });
  const grantedAt = performance.now();
  const before = client.sessionId;
  server.leases.clear();
  script('keepAlive', failing(sessionNotFound({ recovering: true })));
  script('lookup', failing(refusal('NOT_READY', status.UNAVAILABLE)), () => 'silence');
  await until(() => server.leases.has(lease.id));
  const held = 300; // KeepAlive comes after a third of the ttl
  assert.ok(performance.now() - grantedAt >= held);
  const { sessionId, leaseId, heldFencingToken, heldFor, purpose, datastore } = server.asked('lookup').at(-1);
  assert.deepEqual(
    { sessionId, leaseId, heldFencingToken, purpose, datastore },
    { sessionId: before, leaseId: lease.id, heldFencingToken: 100n, purpose: 'backup', datastore: 'main' },
  );
  assert.ok(durationMs(heldFor) >= held && durationMs(heldFor) < 60_000, `${durationMs(heldFor)} ms`);
  assert.equal(server.asked('openSession').at(-1).sessionId, before);
  // Beyond the term of before.
  const count = server.asked('keepAlive').length;
  await until(() => server.asked('keepAlive').length > count + 4);
  assert.equal(lease.alive, true);
});

// Of several servers each puts its life behind the id of a session, and knows it by that only.
test('keepAlive_anotherLife_continuesUnderTheIdThatItGives', async () => {
  server.life = ':abcdefgh';
  await connect();
  const lease = await client.hold('main', 'WRITE');
  const asked = server.asked('openSession')[0].sessionId;
  assert.equal(client.sessionId, `${asked}:abcdefgh`);
  assert.equal(server.asked('lookup').at(-1).sessionId, `${asked}:abcdefgh`);
  server.leases.clear();
  server.life = ':ijklmnop';
  script('keepAlive', failing(sessionNotFound({ recovering: true })));
  await until(() => server.leases.has(lease.id));
  assert.equal(server.asked('openSession').at(-1).sessionId, asked);
  assert.equal(server.asked('lookup').at(-1).sessionId, `${asked}:ijklmnop`);
  const count = server.asked('keepAlive').length;
  await until(() => server.asked('keepAlive').length > count + 4);
  assert.equal(server.asked('keepAlive').at(-1).sessionId, `${asked}:ijklmnop`);
  assert.equal(lease.alive, true);
  await client.close();
  assert.equal(server.asked('closeSession').at(-1).sessionId, `${asked}:ijklmnop`);
});

test('keepAlive_serverRestarted_sendsTheNewestContinuation', async () => {
  server.continuation = 'continuation-of-grant-';
  await connect();
  const lease = await client.hold('main', 'WRITE');
  /** @param {string} next */
  const restartTo = async (next) => {
    server.continuation = next;
    server.leases.clear();
    const asked = server.asked('lookup').length;
    script('keepAlive', failing(sessionNotFound({ recovering: true })));
    await until(() => server.asked('lookup').length > asked);
    // By then the answer to the Lookup is there too.
    const renewed = server.asked('keepAlive').length;
    await until(() => server.asked('keepAlive').length > renewed);
    return server.asked('lookup').at(-1).continuation;
  };
  assert.equal(await restartTo('continuation-of-start2'), 'continuation-of-grant-');
  assert.equal(await restartTo(''), 'continuation-of-start2');
  assert.equal(await restartTo(''), 'continuation-of-start2');
  assert.equal(lease.alive, true);
});

test('keepAlive_serverWithoutContinuationsRestarted_sendsNone', async () => {
  await connect();
  const lease = await client.hold('main', 'WRITE');
  server.leases.clear();
  script('keepAlive', failing(sessionNotFound({ recovering: true })));
  await until(() => server.leases.has(lease.id));
  assert.equal(server.asked('lookup').at(-1).heldFencingToken, 100n);
  assert.equal(server.asked('lookup').at(-1).continuation, '');
});

test('keepAlive_serverRestartedAndContinuesNothing_oldTermIsNotProlonged', async () => {
  await connect();
  const lease = await client.hold('main', 'WRITE');
  const before = client.sessionId;
  server.leases.clear();
  script('keepAlive', failing(sessionNotFound({ recovering: true })));
  server.instead.lookup = () => 'silence';
  assert.equal(await lease.lost, 'EXPIRED');
  // The session goes on all the same.
  assert.equal(client.sessionId, before);
  delete server.instead.lookup;
  assert.equal((await client.hold('main', 'WRITE')).alive, true);
});

test('keepAlive_reclaimRefused_isToldAndTheOthersGoOn', async () => {
  await connect();
  const refused = await client.hold('main', 'WRITE');
  const kept = await client.hold('main', 'READ');
  script('keepAlive', failing(sessionNotFound({ recovering: true })));
  server.instead.lookup = ({ leaseId }) => {
    if (leaseId === refused.id) {
      throw refusal('LEASE_ENDED', status.ABORTED);
    }
  };
  server.leases.clear();
  assert.equal(await refused.lost, 'NOT_CONTINUED');
  await until(() => server.leases.has(kept.id));
  assert.equal(kept.alive, true);
});

test('hold_sessionUnknown_waitsForTheNextOne', async () => {
  server.ttl = 30_000;
  await connect();
  const before = client.sessionId;
  script('lookup', failing(sessionNotFound({ recovering: false })));
  script('keepAlive', failing(sessionNotFound({ recovering: false })));
  const lease = await client.hold('main', 'WRITE');
  assert.notEqual(client.sessionId, before);
  assert.equal(lease.alive, true);
  const ids = server.asked('lookup').map(({ leaseId }) => leaseId);
  assert.notEqual(ids[0], ids[1]);
});

test('wallClockAhead_machineHasSlept_leasesAreLost', async () => {
  server.ttl = 60_000;
  let slept = 0;
  await connect({ clock: { ...systemClock, wall: () => Date.now() + slept } });
  const lease = await client.hold('main', 'WRITE');
  const before = client.sessionId;
  slept = 1500;
  assert.equal(lease.alive, false);
  assert.equal(await lease.lost, 'EXPIRED');
  await until(() => client.sessionId !== before);
});

test('lookup_answerLost_isRepeatedWithoutASession', async () => {
  await connect();
  script('lookup', cut);
  const { datastore, revision } = await client.lookup('main');
  assert.equal(datastore.name, 'main');
  assert.equal(revision.generation, 1);
  const [first, second] = server.asked('lookup');
  assert.equal(first.operation, 3);
  assert.equal(second.leaseId, '');
  assert.equal(second.sessionId, '');
});

test('close_heldLease_isToldAndTheSessionClosed', async () => {
  await connect();
  const lease = await client.hold('main', 'WRITE');
  await client.close();
  assert.equal(await lease.lost, 'CLOSED');
  assert.equal(server.asked('closeSession')[0].sessionId, client.sessionId);
  await lease.release();
  await client.close();
  await assert.rejects(client.hold('main', 'WRITE'), { message: 'the client is closed' });
  await assert.rejects(client.lookup('main'), { message: 'the client is closed' });
  assert.deepEqual(await client.watch().next(), { value: undefined, done: true });
});

test('close_everythingOpen_processEndsByItself', async () => {
  const program = `
    import { Client } from ${JSON.stringify(new URL('../src/index.js', import.meta.url).href)};
    const client = await Client.connect(${JSON.stringify(server.address)});
    const lease = await client.hold('main', 'WRITE');
    const watch = client.watch();
    await watch.next();
    const next = watch.next();
    await client.close();
    if (!(await next).done) throw new Error('the watch goes on');
    console.log('closed');`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 20_000,
  });
  const output = /** @type {Buffer[]} */ ([]);
  child.stdout.on('data', (chunk) => output.push(chunk));
  const [code] = await once(child, 'close');
  assert.equal(code, 0);
  assert.equal(Buffer.concat(output).toString(), 'closed\n');
});
