import type { Propagation } from '../src/cluster/bus.ts';
import { builder } from './builder.ts';

const PropagationRef = builder.objectRef<Propagation>('Propagation').implement({
  description:
    'How many nodes had confirmed a change when the response was sent. A node that has confirmed it no longer verifies keys by their previous state; a node that has not stops trusting its cache',
  fields: (t) => ({
    confirmedNodes: t.exposeInt('confirmedNodes', { description: 'Nodes that confirmed the change' }),
    totalNodes: t.exposeInt('totalNodes', { description: 'Running nodes' }),
    milliseconds: t.exposeFloat('milliseconds', { description: 'From the commit to the last confirmation' }),
  }),
});

/** What payloads of changes that narrow keys say of it. */
export const PROPAGATION_SHOWN = {
  type: PropagationRef,
  description: 'Nodes that confirmed the change before the response was sent',
} as const;
