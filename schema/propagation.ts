import type { Propagation } from '../src/events/bus.ts';
import { builder } from './builder.ts';

export const PropagationRef = builder.objectRef<Propagation>('Propagation').implement({
  description:
    'Which verifying nodes have confirmed a change when the answer was sent: they verify no key as it was before. A node that has not stops trusting what it remembers',
  fields: (t) => ({
    confirmedNodes: t.exposeInt('confirmedNodes', { description: 'Nodes that confirmed it' }),
    totalNodes: t.exposeInt('totalNodes', { description: 'Nodes that run' }),
    milliseconds: t.exposeFloat('milliseconds', { description: 'From the commit to the last confirmation' }),
  }),
});

/** What payloads of changes that narrow keys say of it. */
export const PROPAGATION_SHOWN = {
  type: PropagationRef,
  description: 'Which nodes verify keys by it already',
} as const;
