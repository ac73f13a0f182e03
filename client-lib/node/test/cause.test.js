import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, test } from 'node:test';
import { ServerCredentials, status } from '@grpc/grpc-js';
import { Client, NoAnswerError } from '../src/index.js';
import { FakeServer, refusal, sessionNotFound, until } from './fake_server.js';

/** @param {string} name */
const pem = (name) => readFileSync(new URL(`certificates/${name}`, import.meta.url));

/** @type {FakeServer} */
let server;
/** @type {Client | undefined} */
let client;

beforeEach(() => {
  server = new FakeServer();
  client = undefined;
});

afterEach(async () => {
  await client?.close();
  server.stop();
});

/**
 * Fails with these words, and long before its time is over.
 *
 * @param {() => Promise<unknown>} connect
 * @param {RegExp} words
 */
async function failsAtOnce(connect, words) {
  const began = performance.now();
  await assert.rejects(connect, words);
  assert.ok(performance.now() - began < 5000);
}

/** @param {string} target @param {import('../src/index.js').ClientOptions} options */
const connecting =
  (target, options = {}) =>
  () =>
    Client.connect(target, { timeoutMs: 60_000, ...options });

function secured({ mutual = false } = {}) {
  const pair = [{ private_key: pem('server.key'), cert_chain: pem('server.pem') }];
  return server.start(ServerCredentials.createSsl(mutual ? pem('authority.pem') : null, pair, mutual));
}

test('connect_wrongAuthority_tellsSoAtOnce', async () => {
  await secured();
  const port = server.address.split(':')[1];
  for (const host of ['localhost', '127.0.0.1']) {
    await failsAtOnce(connecting(`${host}:${port}`, { tls: { ca: pem('stranger.pem') } }), /unable to verify/);
  }
  client = await Client.connect(`localhost:${port}`, { tls: { ca: pem('authority.pem') } });
});

test('connect_noClientCertificate_tellsSoAtOnce', async () => {
  await secured({ mutual: true });
  const target = server.address.replace('127.0.0.1', 'localhost');
  await failsAtOnce(connecting(target, { tls: { ca: pem('authority.pem') } }), /certificate required/);
});

test('connect_tlsToAServerWithout_tellsSoAtOnce', async () => {
  await server.start();
  await failsAtOnce(connecting(server.address, { tls: { ca: pem('authority.pem') } }), /wrong version number/);
});

test('connect_unknownHost_tellsSoAtOnce', async () => {
  await failsAtOnce(connecting('no-such-host.invalid:7400', { insecure: true }), /no-such-host\.invalid/);
});

test('connect_badTarget_isRefusedAtOnce', async () => {
  for (const target of ['', 'foo bar', '127.0.0.1:', '127.0.0.1:99999', 'localhost:http']) {
    await failsAtOnce(connecting(target, { insecure: true }), /address/);
  }
});

test('connect_nobodyListens_tellsSo', async () => {
  await server.start();
  server.stop();
  await assert.rejects(Client.connect(server.address, { timeoutMs: 400 }), (failure) => {
    assert.ok(failure instanceof NoAnswerError);
    assert.match(failure.message, /^open a session: no answer within 400 ms: .*ECONNREFUSED/);
    assert.equal(/** @type {any} */ (failure.cause).code, status.UNAVAILABLE);
    return true;
  });
});

test('connect_quota_isToldAtOnce', async () => {
  server.instead.openSession = () => {
    throw refusal('QUOTA_EXCEEDED', status.RESOURCE_EXHAUSTED);
  };
  await server.start();
  await assert.rejects(connecting(server.address), { reason: 'QUOTA_EXCEEDED' });
});

test('connect_silentServer_tellsThatItIsConnected', async () => {
  server.instead.openSession = () => 'silence';
  await server.start();
  await assert.rejects(connecting(server.address, { timeoutMs: 300 }), /OpenSession: no answer within 300 ms$/);
  // The answer may have been on its way.
  assert.equal(server.asked('closeSession')[0].sessionId, server.asked('openSession')[0].sessionId);
});

test('connect_givenUp_closesWhatMayHaveBeenOpened', async () => {
  server.instead.openSession = () => 'silence';
  await server.start();
  const controller = new AbortController();
  const connected = Client.connect(server.address, { signal: controller.signal });
  await until(() => server.asked('openSession').length === 1);
  controller.abort(new Error('enough'));
  await assert.rejects(connected, { message: 'enough' });
  assert.equal(server.asked('closeSession').length, 1);
});

test('lookup_lastAttemptHasNoTimeLeft_tellsTheCauseOfTheOneBefore', async () => {
  await server.start();
  client = await Client.connect(server.address, { firstPauseMs: 5, longestPauseMs: 20 });
  let asked = 0;
  server.instead.lookup = () => {
    if (asked++ === 0) {
      throw Object.assign(new Error('cut'), { code: status.UNAVAILABLE, details: 'the cable was cut' });
    }
    return 'silence';
  };
  await assert.rejects(client.lookup('main', { timeoutMs: 200 }), /lookup of main: .*the cable was cut/);
});

test('hold_noSession_tellsWhyThereIsNone', async () => {
  await server.start();
  client = await Client.connect(server.address, { firstPauseMs: 5, longestPauseMs: 20 });
  server.instead.openSession = () => {
    throw refusal('QUOTA_EXCEEDED', status.RESOURCE_EXHAUSTED);
  };
  server.instead.keepAlive = () => {
    throw sessionNotFound({ recovering: false });
  };
  const before = client.sessionId;
  await until(() => client?.sessionId !== before);
  await assert.rejects(client.hold('main', 'READ', { timeoutMs: 200 }), /no session within \d+ ms: QUOTA_EXCEEDED/);
});

test('options_thatCannotBeMeant_areRefused', async () => {
  const wrong = /** @type {[any, RegExp][]} */ ([
    [{ ttl: 30 }, /no option 'ttl': times are in milliseconds, give 'ttlMs'/],
    [{ timeout: 10 }, /give 'timeoutMs'/],
    [{ ttlMs: 30 }, /ttlMs: 30 is not between 1000 and 60000 milliseconds/],
    [{ timeoutMs: '10s' }, /timeoutMs: 10s is not/],
    [{ caches: true }, /no option 'caches': this library has no cache/],
    [{ clinet: 'typo' }, /no option 'clinet'/],
  ]);
  for (const [options, words] of wrong) {
    await assert.rejects(Client.connect('127.0.0.1:1', options), words);
  }
  await server.start();
  const connected = await Client.connect(server.address, { ttlMs: undefined });
  client = connected;
  assert.equal(server.asked('openSession')[0].ttl.seconds, 10n);
  assert.equal(server.asked('openSession')[0].caches, false);
  await assert.rejects(connected.lookup('main', /** @type {any} */ ({ timeout: 10 })), /give 'timeoutMs'/);
  await assert.rejects(connected.hold('main', 'READ', { timeoutMs: 0 }), RangeError);
  assert.throws(() => connected.watch(/** @type {any} */ ({ bookmarkInterval: 10 })), /give 'bookmarkIntervalMs'/);
  assert.throws(() => connected.watch({ bookmarkIntervalMs: 10 }), RangeError);
});

test('keepAlive_andWhatItNeeds_haveAConnectionOfTheirOwn', async () => {
  await server.start();
  client = await Client.connect(server.address, {});
  await client.lookup('main');
  await until(() => server.asked('keepAlive').length > 0);
  const peers = (/** @type {string} */ method) =>
    new Set(server.calls.filter((call) => call.method === method).map(({ peer }) => peer));
  assert.deepEqual(peers('keepAlive'), peers('openSession'));
  assert.notDeepEqual(peers('keepAlive'), peers('lookup'));
});
