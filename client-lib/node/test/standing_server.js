// A fake server in a process of its own, so that it can be stopped and continued by signals. Tells its address, then answers
// each message with the number of leases that it counts. Argument: how many milliseconds an answer is on its way at most.
import { FakeServer } from './fake_server.js';

const delay = Number(process.argv[2] ?? 0);
const server = new FakeServer();
server.ttl = 30_000;
if (delay > 0) {
  server.onItsWay = (send) => setTimeout(send, Math.random() * delay);
}
await server.start();
// Not remembered: it is asked tens of thousands of times.
server.calls.push = () => 0;
process.send?.({ address: server.address });
process.on('message', () => process.send?.({ leases: server.leases.size }));
process.on('disconnect', () => process.exit());
