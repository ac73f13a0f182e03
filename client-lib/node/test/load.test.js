import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, test } from 'node:test';
import { Client } from '../src/index.js';

// A tenth or so, unless DATASTORED_FULL=1 asks for all of it.
const full = process.env.DATASTORED_FULL === '1';

/** @type {import('node:child_process').ChildProcess} */
let server;
/** @type {Client} */
let client;
/** @type {Error[]} */
let warnings = [];
process.on('warning', (warning) => warnings.push(warning));

afterEach(async () => {
  await client?.close();
  server.kill('SIGKILL');
});

/** @param {number} [delay] milliseconds for which an answer is on its way at most */
async function serve(delay = 0) {
  warnings = [];
  server = fork(new URL('standing_server.js', import.meta.url), [String(delay)]);
  const [{ address }] = await once(server, 'message');
  client = await Client.connect(address, { client: 'test', timeoutMs: 120_000 });
}

async function leases() {
  const told = once(server, 'message');
  server.send('leases');
  return (await told)[0].leases;
}

/** @param {number} ms */
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

test('lookup_moreThanTenAtOnceUnderOneSignal_noWarningOfListeners', async () => {
  await serve();
  const { signal } = new AbortController();
  await Promise.all(Array.from({ length: 100 }, () => client.lookup('main', { signal })));
  const held = await Promise.all(Array.from({ length: 100 }, () => client.hold('main', 'READ', { signal })));
  await Promise.all(held.map((lease) => lease.release()));
  assert.deepEqual(warnings, []);
});

test('lookup_2000EachSecondWhileTheServerStandsStillFor3Seconds_noneFailsAndNoLeaseIsLost', async () => {
  await serve();
  const lease = await client.hold('main', 'WRITE');
  const wanted = full ? 16_000 : 3000;
  /** @type {Promise<unknown>[]} */
  const calls = [];
  const began = performance.now();
  let stopped = false;
  while (calls.length < wanted) {
    const elapsed = performance.now() - began;
    while (calls.length < Math.min(wanted, elapsed * 2)) {
      calls.push(client.lookup('main'));
    }
    if (!stopped && elapsed > 500) {
      stopped = true;
      server.kill('SIGSTOP');
      setTimeout(() => server.kill('SIGCONT'), 3000);
    }
    await sleep(5);
  }
  await Promise.all(calls);
  assert.equal(lease.alive, true);
  assert.deepEqual(warnings, []);
});

test('lookup_burst_noneFailsAndNoLeaseIsLost', async () => {
  await serve();
  const lease = await client.hold('main', 'WRITE');
  await Promise.all(Array.from({ length: full ? 20_000 : 5000 }, () => client.lookup('main')));
  assert.equal(lease.alive, true);
  assert.equal(await leases(), 1);
});

test('hold_givenUpAtRandomMoments_leavesNothing', async () => {
  await serve(6);
  const kept = await client.hold('main', 'WRITE');
  let granted = 0;
  let left = full ? 10_000 : 1000;
  const holdAndGiveUp = async () => {
    while (left-- > 0) {
      const controller = new AbortController();
      const timer = setTimeout(() => controller.abort(), Math.random() * 8);
      const timeoutMs = Math.random() < 0.3 ? 1 + Math.random() * 8 : 30_000;
      try {
        const lease = await client.hold('main', 'READ', { signal: controller.signal, timeoutMs });
        granted++;
        await lease.release();
      } catch (failure) {
        assert.match(String(failure), /AbortError|NoAnswerError/);
      } finally {
        clearTimeout(timer);
      }
    }
  };
  await Promise.all(Array.from({ length: 100 }, holdAndGiveUp));
  assert.ok(granted > 0);
  const end = performance.now() + 20_000;
  while ((await leases()) !== 1 && performance.now() < end) {
    await sleep(20);
  }
  assert.equal(await leases(), 1);
  assert.equal(kept.alive, true);
});

test('close_whileHundredsAreAsked_allAreToldAndNothingStays', async () => {
  await serve(5);
  const asked = Promise.allSettled(Array.from({ length: 300 }, () => client.hold('main', 'READ')));
  await sleep(3);
  await client.close();
  const ended = await asked;
  for (const end of ended) {
    if (end.status === 'fulfilled') {
      assert.equal(await end.value.lost, 'CLOSED');
    } else {
      assert.equal(String(end.reason), 'Error: the client is closed');
    }
  }
});
