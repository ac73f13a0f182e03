import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, test } from 'node:test';
import { ServerCredentials, status } from '@grpc/grpc-js';
import { Client, RefusedError } from '../src/index.js';
import { FakeServer, refusal, revision, snapshot, until } from './fake_server.js';

/** @param {string} name */
const pem = (name) => readFileSync(new URL(`certificates/${name}`, import.meta.url));

/** @type {FakeServer} */
let server;
/** @type {Client | undefined} */
let client;
/** What the server wants to see. */
let wanted = 'one';
/** What the client shows. */
let shown = 'one';

beforeEach(async () => {
  wanted = 'one';
  shown = 'one';
  client = undefined;
  server = new FakeServer();
  server.ttl = 30_000;
  server.check = (metadata) => {
    if (metadata.get('authorization').join() !== wanted) {
      throw refusal('UNAUTHENTICATED', status.UNAUTHENTICATED, { metadata: { detail: 'the token has run out' } });
    }
  };
  const pair = [{ private_key: pem('server.key'), cert_chain: pem('server.pem') }];
  await server.start(ServerCredentials.createSsl(null, pair));
});

afterEach(async () => {
  shown = wanted;
  await client?.close();
  server.stop();
});

function connect() {
  return Client.connect(server.address.replace('127.0.0.1', 'localhost'), {
    tls: { ca: pem('authority.pem') },
    callCredentials: async () => ({ authorization: shown }),
    firstPauseMs: 5,
    longestPauseMs: 20,
  });
}

test('credentialsRunOut_everythingGoesOnWithFreshOnes', async () => {
  let generation = 0;
  server.onWatch = (call) => call.write({ revision: revision(++generation), frame: snapshot('main') });
  client = await connect();
  const watch = client.watch();
  assert.equal((await watch.next()).value?.revision.generation, 1);

  wanted = 'two';
  server.watches[0].emit('error', refusal('UNAUTHENTICATED', status.UNAUTHENTICATED));
  const next = watch.next();
  const held = client.hold('main', 'WRITE');
  await until(() => server.asked('lookup').length > 2 && server.asked('watchGeneration').length > 2);
  shown = 'two';

  assert.ok((await held).alive);
  assert.equal((await next).value?.revision.generation, 2);
});

test('credentialsAreNotRenewed_aCallTellsWhyWhenItsTimeIsOver', async () => {
  client = await connect();
  wanted = 'two';

  await assert.rejects(
    client.lookup('main', { timeoutMs: 200 }),
    (failure) => failure instanceof RefusedError && failure.reason === 'UNAUTHENTICATED',
  );
  assert.ok(server.asked('lookup').length > 1);
});

test('credentialsAreNeverAccepted_connectTellsSoAtOnce', async () => {
  shown = 'none';

  await assert.rejects(connect(), (failure) => failure instanceof RefusedError && failure.code === 'UNAUTHENTICATED');
});

test('permissionDenied_isToldAndNotAskedAgain', async () => {
  const denied = refusal('PERMISSION_DENIED', status.PERMISSION_DENIED, { metadata: { verb: 'write' } });
  server.instead.lookup = () => {
    throw denied;
  };
  server.onWatch = (call) => call.emit('error', denied);
  client = await connect();
  const isDenied = (/** @type {unknown} */ failure) =>
    failure instanceof RefusedError && failure.reason === 'PERMISSION_DENIED' && failure.metadata.verb === 'write';

  await assert.rejects(client.hold('main', 'WRITE'), isDenied);
  assert.equal(server.asked('lookup').length, 1);
  await assert.rejects(client.watch().next(), isDenied);
  assert.equal(server.asked('watchGeneration').length, 1);
});

test('callCredentials_inClearText_areRefused', async () => {
  await assert.rejects(
    Client.connect('127.0.0.1:7400', { callCredentials: () => ({ authorization: 'one' }) }),
    /need 'tls'/,
  );
});
