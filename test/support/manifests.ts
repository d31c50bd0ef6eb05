import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** The SHA-256 hash of a text, in hexadecimal digits. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A manifest as Relay writes it: documents by their hashes. */
export function manifestOf(documents: readonly string[]): Record<string, string> {
  return Object.fromEntries(documents.map((text) => [sha256(text), text]));
}

/** Writes files into a new directory, objects as JSON. The test, or whoever calls `remove`, removes it. */
export function writeManifests(
  files: Readonly<Record<string, unknown>>,
  onFinished: (remove: () => void) => void = onTestFinished,
): string {
  const directory = mkdtempSync(join(tmpdir(), 'keywright-manifests-'));
  onFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(directory, name), typeof content === 'string' ? content : JSON.stringify(content));
  return directory;
}
