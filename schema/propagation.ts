import type { Propagation } from '../src/cluster/bus.ts';
import { builder } from './builder.ts';

const PropagationRef = builder.objectRef<Propagation>('Propagation').implement({
  description:
    'Number of nodes that had confirmed a change when the response was sent. Nodes are servers, verification processes, and the embedded verifiers that could accept the keys concerned. A node that confirmed the change no longer verifies keys by their previous state. A node that did not confirm it has stopped using its cache',
  fields: (t) => ({
    confirmedNodes: t.exposeInt('confirmedNodes', {
      description: 'Number of nodes that confirmed the change',
    }),
    totalNodes: t.exposeInt('totalNodes', { description: 'Number of running nodes' }),
    milliseconds: t.exposeFloat('milliseconds', {
      description: 'Milliseconds from the commit to the last confirmation',
    }),
  }),
});

/** The field of mutation payloads that may narrow a key's permissions. */
export const PROPAGATION_FIELD = {
  type: PropagationRef,
  description: 'Nodes that confirmed the change before the response was sent',
} as const;
