import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { status } from '@grpc/grpc-js';
import { DatastoreSchema } from '../gen/datastored/v1/datastore_pb.js';
import { WatchGenerationResponseSchema } from '../gen/datastored/v1/datastore_service_pb.js';
import { security } from '../src/address.js';
import { Assembly, StrangeFrame } from '../src/frames.js';
import { isPassing, meaning, RefusedError } from '../src/refusal.js';
import { datastoreOf } from '../src/values.js';
import { bookmark, change, refusal, revision, snapshot } from './fake_server.js';

/** @param {any} init */
function message(init) {
  return create(WatchGenerationResponseSchema, init);
}

test('assembly_parts_areOneFrameWithTheLast', () => {
  const assembly = new Assembly();
  assert.equal(assembly.add(message({ frame: snapshot('a1') })), undefined);
  assert.equal(assembly.add(message({ frame: snapshot('b2', 'c3') })), undefined);
  const frame = assembly.add(message({ frame: snapshot('d4'), revision: revision(7) }));
  assert.equal(frame?.kind, 'snapshot');
  assert.deepEqual(
    frame.datastores.map(({ name }) => name),
    ['a1', 'b2', 'c3', 'd4'],
  );
  assert.equal(frame.revision.generation, 7);
  const next = assembly.add(message({ frame: change('a1'), revision: revision(8) }));
  assert.equal(next?.kind, 'change');
  assert.equal(next.changed.length, 1);
});

test('assembly_unknownKind_isStrange', () => {
  assert.throws(() => new Assembly().add(message({ revision: revision(1) })), StrangeFrame);
});

test('assembly_partsOfTwoKinds_isStrange', () => {
  const assembly = new Assembly();
  assembly.add(message({ frame: snapshot('a1') }));
  assert.throws(() => assembly.add(message({ frame: bookmark(1000), revision: revision(2) })), StrangeFrame);
});

test('datastore_unknownMode_isOffline', () => {
  const modes = [undefined, 0, 1, 2, 3, 4, 5, 6, 7, 99];
  assert.deepEqual(
    modes.map(
      (mode) => datastoreOf(create(DatastoreSchema, { maintenance: mode === undefined ? undefined : { mode } })).mode,
    ),
    ['OFFLINE', 'OFFLINE', 'NONE', 'READ_ONLY', 'OFFLINE', 'DELETE', 'UNMOUNT', 'S3_REFRESH', 'OFFLINE', 'OFFLINE'],
  );
});

test('meaning_errorInfo_isARefusalWithItsFacts', () => {
  const refused = meaning(
    refusal('NOT_READY', status.UNAVAILABLE, { metadata: { generation: '3' }, retryAfter: 1500 }),
  );
  assert.ok(refused instanceof RefusedError);
  assert.equal(refused.reason, 'NOT_READY');
  assert.equal(refused.code, 'UNAVAILABLE');
  assert.deepEqual(refused.metadata, { generation: '3' });
  assert.equal(refused.retryAfterMs, 1500);
  assert.equal(isPassing(refused), true);
  assert.equal(isPassing(meaning(refusal('UNDER_MAINTENANCE', status.UNAVAILABLE))), false);
});

test('meaning_anotherDomainOrGarbage_isTheFailureItself', () => {
  const foreign = refusal('QUOTA', status.UNAVAILABLE, { domain: 'proxy.example' });
  assert.equal(meaning(foreign), foreign);
  assert.equal(isPassing(foreign), true);
  const garbage = refusal('NOT_READY', status.UNIMPLEMENTED);
  garbage.metadata.set('grpc-status-details-bin', Buffer.from([0x1a, 0xff, 0x01]));
  assert.equal(meaning(garbage), garbage);
  assert.equal(isPassing(garbage), false);
});

test('security_clearTextBeyondThisHost_isRefused', () => {
  for (const target of ['10.0.0.1:7400', 'db.example:7400', 'dns:///db.example:7400', '127.0.0.1.example:7400']) {
    assert.throws(() => security(target, {}), TypeError);
    assert.ok(security(target, { insecure: true }));
    assert.ok(security(target, { tls: true }));
  }
  const local = ['127.0.0.1:7400', 'localhost:7400', '[::1]:7400', 'unix:/run/d.sock', 'dns:///localhost:7400'];
  for (const target of local) {
    assert.ok(security(target, {}));
  }
});
