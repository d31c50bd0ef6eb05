import type { VerifierStream } from './verifier-stream.ts';

/** One WebSocket, as far as its verifier stream is concerned. */
export class VerifierConnection {
  /** The open stream. A socket has one at a time. */
  stream: VerifierStream | null = null;
  #isClients = false;

  /** Whether the client itself ends its subscription at the moment, and has therefore ended its lease. */
  get isClients(): boolean {
    return this.#isClients;
  }

  /** Runs what the client requested explicitly. */
  byClient(work: () => void): void {
    this.#isClients = true;
    try {
      work();
    } finally {
      this.#isClients = false;
    }
  }
}
