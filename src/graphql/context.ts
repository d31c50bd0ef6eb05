import type { GraphQLContext, ResponseEffects } from '../../schema/context.ts';
import type { Principal } from '../access/principal.ts';
import type { ClientFacts } from '../context.ts';
import type { VerifierConnection } from '../verifiers/stream/verifier-connection.ts';
import { refreshPrincipal } from './refresh-principal.ts';

/** Parts of the context that are shared by a server's operations. */
export type ServerServices = Omit<GraphQLContext, 'principal' | 'client' | 'response' | 'verifierConnection'>;

/** Parts of the context that belong to one operation. */
interface OwnContext {
  readonly principal: Principal | null;
  readonly client: ClientFacts;
  readonly response?: ResponseEffects;
  readonly verifierConnection?: VerifierConnection | null;
}

/**
 * The context of one operation. Properties are copied by name: spreading this many takes longer than the rest of a
 * small response.
 */
export function createContext(services: ServerServices, own: OwnContext): GraphQLContext {
  const { db, unhurried, scans, bus, changes, usage, limiter, failures, keys } = services;
  const { imported, deniedAttempts, clock, log, config, measurements, publicUrl, live, verifiers } = services;
  const { principal, client, response = {}, verifierConnection = null } = own;
  const context: GraphQLContext = {
    db,
    unhurried,
    scans,
    bus,
    changes,
    usage,
    limiter,
    failures,
    keys,
    imported,
    deniedAttempts,
    clock,
    log,
    config,
    measurements,
    publicUrl,
    live,
    verifiers,
    verifierConnection,
    principal,
    client,
    response,
    refreshPrincipal: async (tx: GraphQLContext['db']) =>
      context.principal && refreshPrincipal({ db: tx, clock }, context.principal, client.ip),
  };
  return context;
}
