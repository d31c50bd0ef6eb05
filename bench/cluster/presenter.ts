import { setTimeout as pause } from 'node:timers/promises';
import { Requester } from './requester.ts';

// Presents keys to nodes from a separate process: at full speed, or at a fixed rate. Reports the number of requests.

const [, , urls = '', secrets = '', milliseconds = '0', atOnce = '16', rate = '0'] = process.argv;
const keys = secrets.split(',');
const until = performance.now() + Number(milliseconds);
let answered = 0;
let refused = 0;

async function present(url: string, number: number): Promise<void> {
  const requester = new Requester(url);
  const every = Number(rate) > 0 ? (1_000 * Number(atOnce)) / Number(rate) : 0;
  let due = performance.now() + Math.random() * every;
  for (let turn = number; performance.now() < until; turn += 1) {
    if (every > 0) {
      due += every;
      await pause(Math.max(0, due - performance.now()));
    }
    const status = await requester.verify(keys[turn % keys.length] ?? '');
    if (status === 200) answered += 1;
    else refused += 1;
  }
  requester.close();
}

await Promise.all(
  urls
    .split(',')
    .flatMap((url) => Array.from({ length: Number(atOnce) }, (_, number) => present(url, number))),
);
process.stdout.write(JSON.stringify({ answered, refused }));
