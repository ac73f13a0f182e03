import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { status } from '@grpc/grpc-js';
import { DatastoreService } from '../gen/datastored/v1/datastore_service_pb.js';
import { Client, NoAnswerError } from '../src/index.js';
import { Server, Servers, targetsOf } from '../src/servers.js';
import { FakeServer, refusal, revision, snapshot, until } from './fake_server.js';

const TTL = 3000;
const QUICK = { firstPauseMs: 5, longestPauseMs: 50, closeTimeoutMs: 500, ttlMs: TTL };

/** The server that the client begins at, and the other one. @type {FakeServer} */
let old;
/** @type {FakeServer} */
let next;
/** @type {Client} */
let client;
/** @type {FakeServer[]} */
let all = [];

afterEach(async () => {
  await client?.close();
  for (const each of all) {
    each.stop();
  }
  all = [];
});

async function serve(life = '') {
  const server = await new FakeServer().start();
  Object.assign(server, { ttl: TTL, life });
  server.onWatch = (call, request) => request.known || call.write({ revision: revision(5), frame: snapshot('a') });
  all.push(server);
  return server;
}

async function start() {
  const [one, two] = [await serve(':oneooooo'), await serve(':twottttt')];
  client = await Client.connect([one.address, two.address], QUICK);
  [old, next] = client.sessionId.endsWith(one.life) ? [one, two] : [two, one];
  return client.hold('main', 'WRITE');
}

/** Waits until the client is at the next server and nothing of it is left at the old one.
 * @param {import('../src/index.js').Lease} lease
 */
async function moved(lease) {
  await until(() => continued().some(({ leaseId }) => leaseId === lease.id));
  const renewed = next.asked('keepAlive').length;
  await until(() => next.asked('keepAlive').length > renewed + 1);
  assert.ok(lease.alive);
  assert.ok(client.sessionId.endsWith(next.life), client.sessionId);
  assert.ok(next.leases.has(lease.id));
  assert.equal(Number(continued().at(-1).heldFencingToken), lease.fencingToken);
}

function continued(server = next) {
  return server.asked('lookup').filter(({ heldFencingToken }) => heldFencingToken);
}

/** @param {string} sessionId */
function closed(sessionId, server = old) {
  return server.asked('closeSession').filter((request) => request.sessionId === sessionId).length;
}

function notReady() {
  throw refusal('NOT_READY', status.UNAVAILABLE);
}

test('severalTargets_oneIsUsedForEverything', async () => {
  const lease = await start();
  await client.lookup('main');
  await until(() => old.asked('keepAlive').length > 1);
  assert.deepEqual(next.calls, []);
  await lease.release();
});

test('severalTargets_clientsBeginAtDifferentOnes', () => {
  const first = new Set();
  for (let i = 0; i < 60; i++) {
    const calls = /** @type {any} */ ({ finish() {}, close() {} });
    new Servers(['a', 'b', 'c'], (target) => new Server(first.add(target) && calls, calls), Math.random);
  }
  assert.equal(first.size, 3);
});

test('severalTargets_areAListOrATextWithCommas', async () => {
  assert.deepEqual(targetsOf('a:1, b:2'), ['a:1', 'b:2']);
  assert.deepEqual(targetsOf(['unix:/run/a,b']), ['unix:/run/a,b']);
  for (const targets of ['127.0.0.1:7400,', ['127.0.0.1:7400', ' '], []]) {
    await assert.rejects(Client.connect(targets), TypeError);
  }
  await assert.rejects(Client.connect('127.0.0.1:7400,elsewhere:7400'), /beyond this host/);
});

test('connect_oneIsDown_theOtherIsUsed', async () => {
  const [one, two] = [await serve(), await serve()];
  one.stop();
  for (let i = 0; i < 4; i++) {
    const each = await Client.connect([one.address, two.address], QUICK);
    assert.ok((await each.hold('main', 'WRITE')).alive);
    await each.close();
  }
});

test('connect_oneIsUnknown_theOtherIsUsed_andAllAreReportedAtOnce', async () => {
  const server = await serve();
  for (let i = 0; i < 4; i++) {
    const each = await Client.connect([server.address, 'nowhere.invalid:7400'], { ...QUICK, insecure: true });
    await each.close();
  }
  const begin = performance.now();
  const targets = 'nowhere.invalid:7400,elsewhere.invalid:7400';
  await assert.rejects(Client.connect(targets, { ...QUICK, insecure: true }), NoAnswerError);
  assert.ok(performance.now() - begin < 5000);
});

test('serverDies_leasesLookupsAndWatchesGoOnAtTheNext', async () => {
  const lease = await start();
  const before = client.sessionId;
  const watch = client.watch();
  await watch.next();
  const frame = watch.next();
  frame.catch(() => {});
  old.stop();
  await client.lookup('main');
  assert.ok((await client.hold('main', 'WRITE')).alive);
  await moved(lease);
  assert.equal(next.asked('openSession')[0].sessionId, before.slice(0, -old.life.length));
  await until(() => next.asked('watchGeneration').length > 0);
  assert.equal(next.asked('watchGeneration')[0].known.generation, 5n);
});

test('serverStops_isLeftBeforeItsSessionIsDue', async () => {
  const lease = await start();
  const renewed = old.asked('keepAlive').length;
  old.goAway();
  await moved(lease);
  assert.ok(old.asked('keepAlive').length <= renewed + 1);
});

test('watchIsEnded_isOpenedAndConfirmedAtTheNext_andThenClosedAtTheOld', async () => {
  const lease = await start();
  const watch = client.watch();
  await watch.next();
  watch.next().catch(() => {});
  const before = client.sessionId;
  next.instead.lookup = ({ heldFencingToken }) => (heldFencingToken ? 'silence' : undefined);
  old.watches[0].emit('error', refusal('NOT_READY', status.UNAVAILABLE));
  await until(() => continued().length > 0);
  assert.equal(closed(before), 0);
  assert.ok(lease.alive);
  delete next.instead.lookup;
  await moved(lease);
  await until(() => closed(before) === 1);
  // That the first ask was not answered is no reason to go back.
  assert.equal(old.asked('openSession').length, 1);
  // The close may come late: the id is not asked for again, by a client that comes back.
  next.stop();
  await until(() => client.sessionId.endsWith(old.life) && lease.alive);
  assert.notEqual(client.sessionId, before);
});

test('grantOfTheOldServer_whenItsSessionIsClosed_isAskedForAtTheNext', async () => {
  await start();
  const before = client.sessionId;
  /** @type {() => void} */
  let send = () => {};
  old.onItsWay = (answer) => {
    send = answer;
  };
  const held = client.hold('main', 'WRITE');
  await until(() => old.asked('lookup').length === 2);
  old.onItsWay = (answer) => answer();
  old.goAway();
  await until(() => closed(before) === 1 || client.sessionId !== before);
  send();
  const lease = await held;
  assert.ok(next.leases.has(lease.id));
});

test('noAnswer_isLeftWithinTheTerm', async () => {
  const lease = await start();
  old.instead.keepAlive = () => 'silence';
  await moved(lease);
  assert.ok(old.asked('keepAlive').length > 0);
});

test('notReady_staysWhileTheTermHolds_andLeavesBeforeItIsOver', async () => {
  const lease = await start();
  old.instead.keepAlive = notReady;
  await until(() => old.asked('keepAlive').length > 3);
  assert.deepEqual(next.calls, []);
  await moved(lease);
});

test('noneIsReady_arePausedBetween_andTheFirstThatIsReadyIsUsed', async () => {
  const lease = await start();
  for (const each of [old, next]) {
    Object.assign(each.instead, { keepAlive: notReady, openSession: notReady });
  }
  await until(() => !lease.alive);
  const opened = old.asked('openSession').length + next.asked('openSession').length;
  // 50 ms is the longest pause of a test.
  assert.ok(opened >= 3 && opened < 300, String(opened));
  for (const each of [old, next]) {
    each.instead = {};
  }
  assert.ok((await client.hold('main', 'WRITE')).alive);
});

test('noneIsThere_leaseGoesOnAtTheFirstThatIsBack', async () => {
  const lease = await start();
  next.instead.openSession = notReady;
  old.stop();
  await until(() => next.asked('openSession').length > 0);
  next.instead = {};
  await moved(lease);
});

test('leaseNotContinuedAtTheNext_isLost', async () => {
  const lease = await start();
  next.instead.lookup = () => {
    throw refusal('LEASE_ENDED', status.ABORTED);
  };
  old.stop();
  assert.equal(await lease.lost, 'NOT_CONTINUED');
});

test('close_betweenTwoServers_leavesNothingAtTheOld', async () => {
  await start();
  const before = client.sessionId;
  next.instead.lookup = () => 'silence';
  old.goAway();
  await until(() => client.sessionId !== before);
  await client.close();
  assert.equal(next.asked('closeSession').length, 1);
});

test('call_thatWasSent_endsWithTheAnswerOfItsServer', async () => {
  await start();
  /** @type {() => void} */
  let send = () => {};
  old.onItsWay = (answer) => {
    send = answer;
  };
  const call = client.call(DatastoreService.method.lookup, { datastore: 'sent', operation: 1 });
  await until(() => old.asked('lookup').some(({ datastore }) => datastore === 'sent'));
  old.onItsWay = (answer) => answer();
  const before = client.sessionId;
  old.goAway();
  await until(() => client.sessionId !== before);
  send();
  assert.equal((await call).datastore?.name, 'sent');
  assert.ok(!next.asked('lookup').some(({ datastore }) => datastore === 'sent'));
});

test('call_thatWasCertainlyNotSent_goesToTheNext', async () => {
  await start();
  next.instead.openSession = notReady;
  old.stop();
  await until(() => next.asked('openSession').length > 1);
  // The client is at the one that is down now, and at the other one from the next opening on.
  const calls = Array.from({ length: 20 }, () =>
    client.call(DatastoreService.method.lookup, { datastore: 'other', operation: 1 }),
  );
  await new Promise((resolve) => setTimeout(resolve, 20));
  delete next.instead.openSession;
  await Promise.all(calls);
  assert.equal(next.asked('lookup').filter(({ datastore }) => datastore === 'other').length, 20);
});

test('theSameAtTwoAddresses_keepsItsSession', async () => {
  const server = await serve(':oneooooo');
  client = await Client.connect([server.address, server.address.replace('127.0.0.1', 'localhost')], QUICK);
  const lease = await client.hold('main', 'WRITE');
  const session = client.sessionId;
  server.instead.keepAlive = () => {
    delete server.instead.keepAlive;
    throw Object.assign(new Error('cut'), { code: status.UNAVAILABLE });
  };
  await until(() => server.asked('openSession').length === 2);
  const renewed = server.asked('keepAlive').length;
  await until(() => server.asked('keepAlive').length > renewed + 1);
  assert.ok(lease.alive);
  assert.equal(client.sessionId, session);
  assert.equal(closed(session, server), 0);
});
