import type { IncomingMessage } from 'node:http';
import { createYoga } from 'graphql-yoga';
import { schema } from '../../schema/index.ts';
import { listen } from './bare.ts';
import { contextOf, startKeywright } from './keywright.ts';

/** The same schema, served by yoga with its defaults. */
export async function startYoga(databaseUrl: string): Promise<number> {
  const app = await startKeywright(databaseUrl);
  const yoga = createYoga<{ req: IncomingMessage }>({
    schema,
    logging: false,
    context: ({ req }) => contextOf(app, req),
  });
  return listen((request, response) => void yoga(request, response));
}
