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

/** The yoga plugins of the HTTP transport, in the order in which they apply. */
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
