import type { ConnectedVerifier } from '../../src/verifiers/verifier-rows.ts';
import { builder } from '../builder.ts';

const VerifierKind = builder.enumType('VerifierKind', {
  description: 'Where a verifier runs',
  values: {
    PROCESS: { value: 'process', description: 'A verification process of a server' },
    EMBEDDED: { value: 'embedded', description: 'Inside another program' },
  } as const,
});

export const Verifier = builder.objectRef<ConnectedVerifier>('Verifier').implement({
  description: 'A connected verifier: a verification process of a server, or embedded in another program',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'ID of the connection. It is not a secret and is safe to log' }),
    kind: t.expose('kind', { type: VerifierKind, description: 'Where the verifier runs' }),
    name: t.exposeString('name', {
      nullable: true,
      description:
        'Name as the verifier introduced itself. Null if it didn’t, or if it verifies the keys of all organizations and you are not an operator',
    }),
    connectedAt: t.expose('connectedAt', { type: 'DateTime', description: 'When the verifier connected' }),
    cachedKeys: t.exposeInt('cachedKeys', { description: 'Number of API keys in its cache' }),
    current: t.exposeBoolean('current', {
      description: 'Whether it holds a lease, so that it can verify API keys by its cache',
    }),
  }),
});
