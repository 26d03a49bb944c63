// Round robin over silos that answer /health/ready with 200, for machines without haproxy: node balancer.mjs PORT HOST:PORT…
import { request } from 'node:http';
import { connect, createServer } from 'node:net';

const [port, ...targets] = process.argv.slice(2);
const silos = targets.map(target => ({ host: target.split(':')[0], port: Number(target.split(':')[1]), ready: true, silent: 0, open: new Set() }));
let next = 0;

for (const silo of silos) {
  setInterval(() => {
    const probe = request({ ...silo, path: '/health/ready', timeout: 2000, agent: false }, answer => {
      silo.ready = answer.statusCode === 200;
      silo.silent = 0;
      answer.resume();
    });
    // One that answers and is not ready keeps the connections that it has. One that answers nothing is frozen: clients ask again.
    probe.on('timeout', () => {
      probe.destroy();
      if (++silo.silent >= 2) for (const server of silo.open) server.destroy(new Error('silent'));
    });
    probe.on('error', () => { silo.ready = false; });
    probe.end();
  }, 500);
}

// Those that are not ready come last: where none is, one of them may still answer why.
const inOrder = () => silos.map((_, i) => silos[(next + i) % silos.length]).sort((a, b) => b.ready - a.ready);

createServer({ allowHalfOpen: true, pauseOnConnect: true }, client => {
  const candidates = inOrder();
  next = (next + 1) % silos.length;
  const attempt = () => {
    const silo = candidates.shift();
    if (!silo) return client.destroy();
    const server = connect({ ...silo, allowHalfOpen: true });
    server.once('connect', () => {
      silo.open.add(server);
      server.once('close', () => silo.open.delete(server));
      server.off('error', attempt).on('error', () => client.destroy());
      client.on('error', () => server.destroy()).pipe(server).pipe(client);
    });
    server.once('error', attempt);
  };
  attempt();
}).listen(Number(port), '127.0.0.1');
