import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HASHES } from '../../keys/import/hashes.ts';
import { onEachDatabase } from '../../support/databases.ts';
import { makeApiKey } from '../../support/server.ts';
import { keyLine, lines, type Moving, movingOn, secretOf } from './moving.ts';
import { fileWith, temporaryFolder } from './read.ts';

/** Keys that fill a batch, so that what follows is imported with the next one. */
const BATCH = 500;

onEachDatabase('keys import --dry-run', (engine) => {
  const moving = movingOn(engine);

  /** The summary and the rejected records of a dry run and of an import, which must be the same. */
  async function bothRuns(to: Moving, content: string) {
    const run = async (...options: string[]) => {
      const rejects = join(temporaryFolder(), 'rejects.jsonl');
      const ran = await to.keys(
        ...['import', fileWith(content), '--format', 'jsonl', '--json', '--rejects', rejects],
        ...options,
      );
      const { created, unchanged, rejected } = JSON.parse(ran.stdout) as Record<string, number>;
      return {
        created,
        unchanged,
        rejected,
        rejects: readFileSync(rejects, 'utf8').split('\n').sort().join('\n'),
      };
    };
    const dry = await run('--dry-run');
    expect(await run()).toEqual(dry);
    return dry;
  }

  test('finds what is repeated in another batch of the file', async () => {
    const to = await moving();
    const start = 'acme_same';
    const hashes = await Promise.all(
      Array.from({ length: 9 }, (_, index) => HASHES.BCRYPT(`${start}${index}`)),
    );
    const slow = hashes.map((hash, index) => keyLine(`slow ${index}`, { hash, algorithm: 'BCRYPT', start }));
    const fill = Array.from({ length: BATCH }, (_, index) => keyLine(`fill ${index}`));
    const further = keyLine('further', { additionalHashes: [keyLine('more').hash] });
    const content = lines(
      ...slow.slice(0, 5),
      further,
      keyLine('twin'),
      ...fill,
      keyLine('same secret', { hash: keyLine('fill 0').hash }),
      keyLine('same further secret', { hash: keyLine('more').hash }),
      keyLine('twin'),
      { ...keyLine('not a twin'), foreignId: 'fill 1' },
      ...slow.slice(5),
      keyLine('last'),
    );
    const { rejects, ...counts } = await bothRuns(to, content);
    expect(counts).toEqual({ created: 5 + 2 + BATCH + 3 + 1, unchanged: 1, rejected: 4 });
    expect(rejects.match(/"foreignId":"[^"]*"/g)).toEqual(
      ['same secret', 'same further secret', 'fill 1', 'slow 8'].map((id) => `"foreignId":"${id}"`),
    );
  });

  test('finds a secret that is repeated in another batch of an export', async () => {
    const [from, to] = [await moving(), await moving()];
    await makeApiKey(from.server, from.organizationId, { name: 'Exported' });
    const { stdout } = await from.keys('export', '--output', '-');
    const [line = ''] = stdout.split('\n').filter((one) => one.startsWith('{"type":"key"'));
    const key = JSON.parse(line) as { foreignId: string; secrets: { hash: string }[] };
    const keyNamed = (foreignId: string, hash: string) => ({
      ...key,
      foreignId,
      secrets: key.secrets.map((secret) => ({ ...secret, hash })),
    });
    const { hash } = keyLine(secretOf('exported'));
    const fill = Array.from({ length: BATCH }, (_, index) =>
      keyNamed(`fill ${index}`, keyLine(`exported ${index}`).hash),
    );
    const content = lines(keyNamed('one', hash), ...fill, keyNamed('other', hash));
    const { rejects, ...counts } = await bothRuns(to, content);
    expect(counts).toEqual({ created: BATCH + 1, unchanged: 0, rejected: 1 });
    expect(rejects).toContain('"foreignId":"other"');
  });
});
