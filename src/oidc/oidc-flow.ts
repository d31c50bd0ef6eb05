import { createCipheriv, createDecipheriv, hash, randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import type { Change } from '../command.ts';
import { hashToken, newToken } from '../sessions/tokens.ts';
import { OidcFault } from './oidc-fault.ts';

/** Maximum time at the provider, milliseconds. */
export const FLOW_MS = 10 * 60_000;

/** A sign-in in progress, against which the provider's response is checked. */
export interface OidcFlow {
  readonly state: string;
  readonly nonce: string;
  /** The PKCE code verifier (RFC 7636). */
  readonly verifier: string;
  /** Hash of the browser's session token at the start of the flow. Null: none. */
  readonly previous: string | null;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Starts a sign-in. */
export function newFlow(previous: string | null, now: number): OidcFlow {
  const [state, nonce, verifier] = [newToken(''), newToken(''), newToken('')];
  return { state, nonce, verifier, previous, expiresAt: now + FLOW_MS };
}

/** The PKCE code challenge of a flow, method S256. */
export function challengeOf({ verifier }: OidcFlow): string {
  return hash('sha256', verifier, 'base64url');
}

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const SEALED_MAX = 2_048;

/** Seals flows for a browser's cookie, so that unauthenticated requests write nothing. */
export class FlowSeal {
  readonly #secret: string;
  readonly #salt: string;
  #key: Promise<Buffer> | undefined;

  /** Servers with the same secret and salt can open each other's flows. */
  constructor(secret: string, salt: string) {
    this.#secret = secret;
    this.#salt = salt;
  }

  /** The flow as base64url text that only this object can open. */
  async seal(flow: OidcFlow): Promise<string> {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, await this.#sealingKey(), iv);
    const sealed = [iv, cipher.update(JSON.stringify(flow)), cipher.final(), cipher.getAuthTag()];
    return Buffer.concat(sealed).toString('base64url');
  }

  /** The flow in the text. Null if it was not sealed by this object, or is too old. */
  async open(text: string, now: number): Promise<OidcFlow | null> {
    const bytes = Buffer.from(text, 'base64url');
    if (text.length > SEALED_MAX || bytes.length <= IV_BYTES + TAG_BYTES) return null;
    const iv = bytes.subarray(0, IV_BYTES);
    const decipher = createDecipheriv(CIPHER, await this.#sealingKey(), iv, { authTagLength: TAG_BYTES });
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      const opened = [decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()];
      const flow = JSON.parse(Buffer.concat(opened).toString()) as OidcFlow;
      return flow.expiresAt > now ? flow : null;
    } catch {
      return null;
    }
  }

  #sealingKey(): Promise<Buffer> {
    // Deliberately slow: anyone with a cookie could guess secrets offline.
    this.#key ??= promisify(scrypt)(this.#secret, this.#salt, 32) as Promise<Buffer>;
    return this.#key;
  }
}

/** Marks the flow as used within the sign-in's transaction. Rejects with OidcFault if it is already used. */
export async function useFlow({ tx, now }: Change, { state, expiresAt }: OidcFlow): Promise<void> {
  await tx.deleteFrom('used_oidc_flows').where('expires_at', '<=', now).execute();
  const used = await tx
    .insertInto('used_oidc_flows')
    .values({ state_hash: hashToken(state), expires_at: expiresAt })
    .onConflict((conflict) => conflict.column('state_hash').doNothing())
    .returning('state_hash')
    .executeTakeFirst();
  if (!used) throw new OidcFault('failed', 'the response of the provider has already been used');
}
