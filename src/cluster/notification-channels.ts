/** What every node listens to. */
export const BROADCAST = 'keywright';

/** What only this node listens to. */
export function directChannel(nodeId: string): string {
  return `keywright_${nodeId}`;
}
