import { randomBytes } from 'node:crypto';
import { hashSecret } from '../../src/keys/secret.ts';
import { connectLive, type LiveMessage, type LiveSocket, type Operation } from './live-socket.ts';
import { eventually } from './wait.ts';

const EVENTS = `subscription Events($input: VerifierEventsInput) { verifierEvents(input: $input) {
  __typename number
  ... on VerifierWelcome { stream writer leaseMs renewMs reportMs }
  ... on VerifierLease { nonce leaseMs serverTime }
  ... on VerifierChange { organizationId first last apiKeyIds }
  ... on VerifierRecall { slices }
} }`;

const KEYS = `query Keys($stream: ID!, $secrets: [VerifierSecretInput!]!) { verifierKeys(stream: $stream, secrets: $secrets) {
  otherHashes results { tooManyFailures apiKey {
    id secretId organizationId environment permissions roleName teamIds externalId
    ipAllowlist rateLimit { limit windowSeconds } enabled revoked expiresAt apiKeyExpiresAt sequence } } } }`;

const REPORT = `mutation Report($input: ReportVerificationsInput!) { reportVerifications(input: $input) {
  batch reportMs slices { hash slice granted remaining limit windowSeconds remainingMs } } }`;

/** What `reportVerifications` returns. */
export interface ReportResult {
  readonly batch: number;
  readonly reportMs: number;
  readonly slices: readonly {
    readonly hash: string;
    readonly slice: string | null;
    readonly granted: number;
    readonly remaining: number;
    readonly limit: number;
    readonly windowSeconds: number;
    readonly remainingMs: number;
  }[];
}

/** An event of the stream, with the fields of its type. */
export interface VerifierEvent {
  readonly __typename: string;
  readonly number: number;
  readonly nonce: string;
  readonly leaseMs: number;
  readonly reportMs: number;
  readonly serverTime: number;
  readonly organizationId: string;
  readonly first: number;
  readonly last: number;
  readonly apiKeyIds: readonly string[] | null;
  readonly slices: readonly string[];
}

/** A key that a verifier has cached, with the fields that tests look at. */
export interface CachedKey {
  readonly organizationId: string;
  readonly sequence: number;
  readonly revoked: boolean;
}

/** A verifier that follows docs/verifier.md as far as it is told to, and keeps everything it hears. */
export class TestVerifier {
  readonly socket: LiveSocket;
  readonly events: Operation;
  stream = '';
  writer = '';
  leaseMs = 0;
  /** Whether it acknowledges each event as it comes. */
  acknowledges = true;
  /** When its lease ends, by `performance.now()`. */
  leaseUntil = Number.NEGATIVE_INFINITY;
  /** What it has cached, by key. A change drops its keys before it is acknowledged. */
  readonly cached = new Map<string, CachedKey>();
  readonly #sent = new Map<string, number>();

  constructor(socket: LiveSocket, input: { name?: string; writer?: string } = {}) {
    this.socket = socket;
    this.events = socket.subscribe(EVENTS, { input });
    socket.socket.on('message', (data) => this.#hear(JSON.parse(String(data)) as LiveMessage));
  }

  /** Events of a type so far. */
  of(type: string): VerifierEvent[] {
    return (this.events.events as VerifierEvent[]).filter((event) => event?.__typename === `Verifier${type}`);
  }

  /** The number of the last event. */
  get last(): number {
    return (this.events.events as VerifierEvent[]).at(-1)?.number ?? 0;
  }

  get holdsLease(): boolean {
    return performance.now() < this.leaseUntil;
  }

  pong(verifier: unknown): void {
    this.socket.send({ type: 'pong', payload: { verifier } });
  }

  acknowledge(number = this.last): void {
    this.pong({ stream: this.stream, acknowledged: number });
  }

  /** Asks for a lease. */
  request(nonce = randomBytes(16).toString('base64url'), acknowledged = this.last): string {
    if (!this.#sent.has(nonce)) this.#sent.set(nonce, performance.now());
    this.pong({ stream: this.stream, acknowledged, nonce, cachedKeys: this.cached.size });
    return nonce;
  }

  /** Asks for a lease, and waits until it has it. */
  async lease(): Promise<VerifierEvent> {
    const nonce = this.request();
    return eventually(() => this.of('Lease').find((event) => event.nonce === nonce));
  }

  /** Looks secrets up, and caches what it may. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into results of every shape.
  async lookUp(...secrets: readonly string[]): Promise<any[]> {
    const before = this.last;
    const data = await this.ask(KEYS, { secrets: secrets.map((secret) => ({ hash: hashSecret(secret) })) });
    const { results } = data.verifierKeys;
    for (const { apiKey } of results)
      if (apiKey && !this.#isOvertaken(apiKey, before)) this.cached.set(apiKey.id, apiKey);
    return results.map(({ apiKey }: { apiKey: unknown }) => apiKey);
  }

  /** Reports what is in the input, of its own stream unless another is named. */
  async report(input: Record<string, unknown>): Promise<ReportResult> {
    return (await this.ask(REPORT, { input: { stream: this.stream, ...input } })).reportVerifications;
  }

  /** Requests a slice of a key's limit. */
  async want(secret: string, count: number): Promise<ReportResult['slices'][number]> {
    const { slices } = await this.report({ wanted: [{ hash: hashSecret(secret), count }] });
    const [slice] = slices;
    if (!slice) throw new Error('The key has no limit');
    return slice;
  }

  /** Runs an operation on its socket. Rejects with the code of its first error. */
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  async ask(query: string, variables: Record<string, unknown> = {}): Promise<any> {
    const operation = this.socket.subscribe(query, { stream: this.stream, ...variables });
    await eventually(() => operation.completed || operation.errors);
    const next = operation.messages.find(({ type }) => type === 'next')?.payload;
    const [error] = operation.errors ?? next?.errors ?? [];
    if (error) throw Object.assign(new Error(error.message), { code: error.extensions.code });
    return next.data;
  }

  #isOvertaken(
    { id, organizationId, sequence }: { id: string; organizationId: string; sequence: number },
    before: number,
  ): boolean {
    return (this.events.events as VerifierEvent[]).some(
      (event) =>
        event.number > before &&
        (event.__typename === 'VerifierReset' ||
          (event.__typename === 'VerifierChange' &&
            event.organizationId === organizationId &&
            (event.apiKeyIds === null || event.apiKeyIds.includes(id)) &&
            event.last > sequence)),
    );
  }

  #hear({ id, type, payload }: LiveMessage): void {
    const event = payload?.data?.verifierEvents;
    if (id !== this.events.id || type !== 'next' || !event) return;
    if (event.__typename === 'VerifierWelcome') {
      this.stream = event.stream;
      this.writer = event.writer;
      this.leaseMs = event.leaseMs;
    }
    if (event.__typename === 'VerifierLease') {
      const sent = this.#sent.get(event.nonce);
      if (sent !== undefined) this.leaseUntil = Math.max(this.leaseUntil, sent + event.leaseMs);
    }
    if (event.__typename === 'VerifierReset') {
      this.cached.clear();
      this.#sent.clear();
      this.leaseUntil = Number.NEGATIVE_INFINITY;
    }
    if (event.__typename === 'VerifierChange')
      for (const [key, { organizationId }] of this.cached)
        if (organizationId === event.organizationId && (event.apiKeyIds?.includes(key) ?? true))
          this.cached.delete(key);
    if (this.acknowledges) this.pong({ stream: this.stream, acknowledged: event.number });
  }
}

/** Opens a verifier's stream with this credential. */
export async function openVerifier(
  server: Parameters<typeof connectLive>[0],
  token: string,
  input: { name?: string; writer?: string } = {},
): Promise<TestVerifier> {
  const verifier = new TestVerifier(await connectLive(server, token), input);
  await eventually(() => verifier.stream !== '');
  return verifier;
}

/** The same, with keys cached under a lease. */
export async function holdingVerifier(
  server: Parameters<typeof connectLive>[0],
  token: string,
  ...secrets: readonly string[]
): Promise<TestVerifier> {
  const verifier = await openVerifier(server, token);
  await verifier.lookUp(...secrets);
  await verifier.lease();
  return verifier;
}

/**
 * Returns slices when they are recalled, having used so many of each. One that is recalled before it is known must not
 * be used; the result tells which.
 */
export function returnWhenRecalled(verifier: TestVerifier, usedOf: (slice: string) => number): Set<string> {
  const recalled = new Set<string>();
  verifier.socket.socket.on('message', () => {
    const slices = verifier.of('Recall').flatMap((event) => event.slices.filter((id) => !recalled.has(id)));
    for (const slice of slices) recalled.add(slice);
    if (slices.length === 0) return;
    const returned = slices.map((slice) => ({ slice, used: usedOf(slice) }));
    // The test may end before the response.
    verifier.report({ returned }).catch(() => {});
  });
  return recalled;
}
