import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The least work of Node.js: the same two letters for every request. */
export function startBare(): Promise<number> {
  return listen((_request, response) => {
    response.end('ok');
  });
}

/** The same with as many headers as a 200 response of `/verify`, to measure their cost. */
export function startBareWithHeaders(): Promise<number> {
  const id = '01jx9wq5h8f2v9s7n3c6b4m1k0';
  const headers = [
    ...['X-Keywright-Key-Id', `key_${id}`, 'X-Keywright-Organization-Id', `org_${id}`],
    ...['X-Keywright-Environment', 'live', 'X-Keywright-Role', 'member'],
    ...['X-Keywright-Permissions', 'api.key.view,organization.view,prompt.read,prompt.render,team.view'],
    ...['X-Keywright-Teams', '', 'X-Keywright-External-Id', 'customer-123456'],
    ...['Content-Length', '0', 'Cache-Control', 'no-store'],
    ...['RateLimit-Policy', '"key";q=1000000000;w=60', 'RateLimit', '"key";r=999999999;t=60'],
  ];
  return listen((_request, response) => {
    response.writeHead(200, headers);
    response.end();
  });
}

/** The least work for a response: reads the request's body, and serializes an object. */
export function startStringify(answer: object): Promise<number> {
  return listen((request, response) => {
    request.on('data', () => {});
    request.on('end', () => {
      response.setHeader('Content-Type', 'application/json; charset=utf-8');
      response.end(JSON.stringify(answer));
    });
  });
}

/** Listens on any free port, and returns it. */
export async function listen(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
