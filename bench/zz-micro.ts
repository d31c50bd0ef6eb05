import { unlinkSync } from 'node:fs';
import { getOperationAST, parse } from 'graphql';
import { userPrincipal } from '../src/access/principal.ts';
import { newId } from '../src/core/ids.ts';
import { Caller } from '../src/http/live/caller.ts';
import { contextOf, openApp, prepareWorld } from './subscriptions/world.ts';

const file = '/tmp/micro-' + process.pid + '.db';
const world = await prepareWorld(file, 1, 10000);
const app = await openApp(file);
await app.start();
const principal = userPrincipal(newId('user'), newId('ses'), new Map([[world.organizationId, ['*']]]));
const subs = app.liveServer.subscriptions;
const document = parse(
  `subscription D($keys: [ID!], $ms: Int!) { apiKeyUsed(apiKeyIds: $keys, minIntervalMs: $ms) { apiKey { id name status d: start } lastUsedAt lastUsedIp secretId count } }`,
);
let delivered = 0;
const context = { ...contextOf(app.services), principal, response: {} } as any;
for (let i = 0; i < 1000; i++) {
  const caller = new Caller(principal, null, () => {});
  await subs.subscribe(
    caller,
    {
      document,
      operation: getOperationAST(document)!,
      variables: { ms: 100, keys: world.keys.slice(i * 10, i * 10 + 10).map((k) => k.id) },
    } as any,
    context,
    {
      next(r: any) {
        r.message;
        delivered++;
      },
      error(e: any) {
        console.log(e);
      },
      complete() {},
      buffered: 0,
      drained: async () => {},
    },
    { created() {}, ended() {} } as any,
  );
}

const all: number[] = [];
for (let r = 0; r < 12; r++) {
  for (let b = 0; b < 50; b++) {
    const t = performance.now();
    for (let i = b * 200; i < b * 200 + 200; i++) {
      const { id: keyId, secretId } = world.keys[i]!;
      app.services.bus.emit({
        type: 'use',
        organizationId: world.organizationId,
        keyId,
        secretId,
        at: Date.now(),
        ip: '203.0.113.7',
      } as any);
      await null;
    }
    await new Promise(setImmediate);
    if (r > 3) all.push((performance.now() - t) * 5);
  }
  await new Promise((res) => setTimeout(res, 150));
}
all.sort((x, y) => x - y);
console.log(
  'per event us: min',
  all[0]!.toFixed(1),
  'p10',
  all[Math.floor(all.length / 10)]!.toFixed(1),
  'median',
  all[Math.floor(all.length / 2)]!.toFixed(1),
  delivered,
);
await app.stop();
unlinkSync(file);
process.exit(0);
