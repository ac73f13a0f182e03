// Follows datastores and prints what changes, over restarts of the server, until Ctrl-C.
//
//   node examples/follow.js [TARGET[,TARGET]...] [NAME|PREFIX*]...
import { Client } from '../src/index.js';

const [target = '127.0.0.1:7400', ...datastores] = process.argv.slice(2);
const client = await Client.connect(target);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => client.close());
}

/** @param {import('../src/index.js').Datastore} datastore */
function line({ name, mode, message, settings }) {
  return `${name}: ${mode}${message && ` "${message}"`} at ${settings?.path}`;
}

for await (const frame of client.watch({ datastores })) {
  console.log(`revision ${frame.revision.incarnation}/${frame.revision.generation}`);
  switch (frame.kind) {
    case 'snapshot':
      console.log(frame.datastores.map((datastore) => `  ${line(datastore)}`).join('\n'));
      break;
    case 'change':
      for (const datastore of frame.changed) {
        console.log(`  ${line(datastore)}`);
      }
      for (const name of frame.removed) {
        console.log(`  ${name}: removed`);
      }
      break;
    case 'bookmark':
      for (const { name, mountState } of frame.removable) {
        console.log(`  ${name}: ${mountState}`);
      }
  }
}
