import { ShieldCheck, ShieldQuestion } from 'lucide-react';
import { classNames } from '../../../design/primitives/class-names.ts';
import type { PropagationFactsFragment } from '../../../generated/graphql.ts';

/** The nodes that confirmed a revocation or another change, and the time it took. */
export function PropagationShown({
  propagation,
  done = 'revoked',
}: {
  readonly propagation: PropagationFactsFragment;
  /** What the nodes confirmed. */
  readonly done?: string;
}) {
  const { confirmedNodes, totalNodes } = propagation;
  const isWhole = confirmedNodes === totalNodes;
  const Icon = isWhole ? ShieldCheck : ShieldQuestion;
  return (
    <div
      role="status"
      className={classNames(
        'flex items-start gap-3 rounded-lg px-3.5 py-3',
        isWhole ? 'bg-good-soft text-good' : 'bg-warn-soft text-warn',
      )}
    >
      <Icon size={20} aria-hidden="true" className="mt-0.5 shrink-0" />
      <div className="min-w-0">
        <p className="first-letter:uppercase">
          <Propagated propagation={propagation} done={done} />
        </p>
        {!isWhole && (
          <p className="mt-1">
            Nodes that did not confirm no longer use their caches, and read the database for each request.
          </p>
        )}
        <ol className="mt-2 flex flex-wrap gap-1.5" aria-hidden="true">
          {Array.from({ length: Math.min(totalNodes, 32) }, (_, node) => (
            <li
              // biome-ignore lint/suspicious/noArrayIndexKey: nodes have no names here.
              key={node}
              className={classNames(
                'h-1.5 w-6 rounded-full',
                node < confirmedNodes ? 'bg-current' : 'border border-current',
              )}
            />
          ))}
        </ol>
      </div>
    </div>
  );
}

/** The nodes that had confirmed a revocation when the response was sent. */
interface Propagation {
  readonly confirmedNodes: number;
  readonly totalNodes: number;
  /** From the commit to the last confirmation. */
  readonly milliseconds: number;
}

/** The extent of a revocation: `revoked on 3 of 3 nodes after 12 ms`. */
export function Propagated({
  propagation,
  done = 'revoked',
}: {
  readonly propagation: Propagation;
  readonly done?: string;
}) {
  const { confirmedNodes, totalNodes, milliseconds } = propagation;
  const time = milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds).toLocaleString('en');
  return (
    <strong className="font-semibold tabular-nums">
      {done} on {confirmedNodes} of {totalNodes} {totalNodes === 1 ? 'node' : 'nodes'} after {time} ms
    </strong>
  );
}
