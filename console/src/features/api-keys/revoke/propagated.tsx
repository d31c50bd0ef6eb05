/** Which verifying nodes had confirmed a revocation when the answer was sent. */
interface Propagation {
  readonly confirmedNodes: number;
  readonly totalNodes: number;
  /** From the commit to the last confirmation. */
  readonly milliseconds: number;
}

/** How far a revocation has come: `revoked on 3 of 3 nodes after 12 ms`. */
export function Propagated({ propagation }: { readonly propagation: Propagation }) {
  const { confirmedNodes, totalNodes, milliseconds } = propagation;
  const time = milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds).toLocaleString('en');
  return (
    <strong className="font-semibold tabular-nums">
      revoked on {confirmedNodes} of {totalNodes} {totalNodes === 1 ? 'node' : 'nodes'} after {time} ms
    </strong>
  );
}
