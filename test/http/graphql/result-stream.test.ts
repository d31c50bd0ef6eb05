import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { SharedResult } from '../../../src/graphql/subscriptions/shared-execution.ts';
import { ResultStream } from '../../../src/http/graphql/event-stream.ts';

test('whoever waits for a client that takes nothing is told when it has gone', async () => {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  const stream = new ResultStream(response, 1_000, () => {});
  stream.next(new SharedResult({ data: { n: 1 } }), null);
  expect(stream.buffered).toBeGreaterThan(0);
  const drained = stream.drained();
  response.emit('close');
  await drained;
  expect(stream.buffered).toBe(0);
});
