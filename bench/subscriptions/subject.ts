/** A measured server. */
export interface Subject {
  readonly port: number;
  /** Publishes an event of the key with this number. */
  publish(key: number): void;
  /** Revokes the key with this number. Resolves with the times of its commit and its response. */
  revoke?(key: number): Promise<{ committed: number; answered: number }>;
}
