/** Channel that every node listens to. */
export const BROADCAST = 'keywright';

/** Channel that only this node listens to. */
export function directChannel(nodeId: string): string {
  return `keywright_${nodeId}`;
}
