import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionArgs } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { createYoga } from 'graphql-yoga';
import { WebSocketServer } from 'ws';
import { schema } from '../../schema/index.ts';
import { userPrincipal } from '../../src/access/principal.ts';
import { newId } from '../../src/core/ids.ts';
import { contextOf, type Fixture, openApp } from './fixture.ts';
import { publisher } from './keywright.ts';
import type { Subject } from './subject.ts';

type Executor = (args: ExecutionArgs) => unknown;

/** The same schema and events, served by yoga and graphql-ws according to yoga's documentation. */
export async function startPlain(file: string, fixture: Fixture): Promise<Subject> {
  const app = await openApp(file);
  await app.start();
  const rights = new Map([[fixture.organizationId, ['*']]]);
  const principal = userPrincipal(newId('user'), newId('ses'), rights);
  const yoga = createYoga({
    schema,
    logging: false,
    context: () => ({ ...contextOf(app.services), principal }),
  });
  const server = createServer(yoga);
  useServer(
    {
      execute: (args) => (args.rootValue as { execute: Executor }).execute(args) as never,
      subscribe: (args) => (args.rootValue as { subscribe: Executor }).subscribe(args) as never,
      onSubscribe: async (ctx, _id, params) => {
        const { request: req, socket } = ctx.extra;
        const enveloped = yoga.getEnveloped({ ...ctx, req, socket, params });
        const args = {
          schema: enveloped.schema,
          operationName: params.operationName,
          document: enveloped.parse(params.query),
          variableValues: params.variables,
          contextValue: await enveloped.contextFactory(),
          rootValue: { execute: enveloped.execute, subscribe: enveloped.subscribe },
        };
        const errors = enveloped.validate(args.schema, args.document);
        return errors.length > 0 ? errors : (args as ExecutionArgs);
      },
    },
    new WebSocketServer({ server, path: yoga.graphqlEndpoint }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, publish: publisher(app, fixture) };
}
