/** A server that is measured. */
export interface Subject {
  readonly port: number;
  /** Publishes an event of the key with this number. */
  publish(key: number): void;
  /** Revokes the key with this number; resolves with the times of its commit and of its answer. */
  revoke?(key: number): Promise<{ committed: number; answered: number }>;
}
