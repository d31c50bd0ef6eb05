import { createHash, randomBytes } from 'node:crypto';
import type { ImportApiKeyInput } from '../../../src/keys/import/read-imports.ts';

/** A secret of another system. */
export function foreignSecret(): string {
  return `acme-${randomBytes(24).toString('base64url')}`;
}

/** A key of another system with this secret, as SHA-256 unless something else is said. */
export function foreignKey(secret: string, given: Partial<ImportApiKeyInput> = {}): ImportApiKeyInput {
  return {
    foreignId: `f-${randomBytes(9).toString('hex')}`,
    name: 'Imported',
    hash: digest('sha256', secret, 'hex'),
    algorithm: 'SHA256',
    ...given,
  };
}

export function digest(algorithm: string, text: string, encoding: 'hex' | 'base64' | 'base64url'): string {
  return createHash(algorithm).update(text).digest(encoding);
}
