import type { ServerServices } from '../../graphql/context.ts';
import type { OperationLimits } from '../../graphql/cost/operation-limits.ts';
import type { Connections } from '../connections/connections.ts';
import { useCors } from '../cors/cors.ts';
import type { KnownOrigins } from '../cors/known-origins.ts';
import { useCaller } from './caller.ts';
import { useEventStream } from './event-stream.ts';
import { useGraphiql } from './graphiql.ts';
import type { HttpPlugin } from './http-context.ts';
import { useOperationLimits } from './limits.ts';
import { useParameters } from './parameters.ts';
import { useSingleResult } from './result.ts';

/** What the HTTP transport adds to yoga, in the order in which it takes effect. */
export function httpPlugins(
  services: ServerServices,
  {
    connections,
    operationLimits,
    origins,
  }: { connections: Connections; operationLimits: OperationLimits; origins: KnownOrigins },
): HttpPlugin[] {
  return [
    useCors(services, origins),
    ...(services.config.graphiql ? [useGraphiql()] : []),
    useParameters(connections.unread),
    useCaller(services),
    useOperationLimits(operationLimits),
    useSingleResult(),
    useEventStream(),
  ];
}
