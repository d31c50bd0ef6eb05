import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { run } from './run.ts';

async function complete(...words: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await run({}, 'complete', '--', ...words);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split('\t')[0] ?? '');
}

test('completes commands, and those below them', async () => {
  expect(await complete('')).toEqual(
    expect.arrayContaining(['serve', 'init', 'keys', 'members', 'completion']),
  );
  expect(await complete('')).not.toContain('complete');
  expect(await complete('ke')).toEqual(['keys']);
  expect(await complete('keys', 'r')).toEqual(['rotate', 'revoke', 'revoke-secret']);
  expect(await complete('operator-tokens', '')).toEqual(['create', 'list', 'revoke', 'help']);
  expect(await complete('nope', '')).toEqual([]);
});

test('completes options and the values that they can have', async () => {
  expect(await complete('keys', 'list', '--un')).toEqual(['--unused-since']);
  expect(await complete('keys', 'create', '--na')).toEqual(['--name']);
  expect(await complete('keys', 'update', 'key_1', '--no-r')).toEqual(['--no-role', '--no-rate-limit']);
  expect(await complete('keys', 'create', '--environment', '')).toEqual(['live', 'test']);
  expect(await complete('keys', 'create', '--environment=l')).toEqual(['--environment=live']);
  expect(await complete('keys', 'create', '--environment', '=', 'l')).toEqual(['live']);
  expect(await complete('keys', 'list', '--status', 'active', '--status', 'd')).toEqual(['disabled']);
  expect(await complete('keys', 'list', '--json', '--order')).toEqual(['--order-by', '--order']);
  expect(await complete('keys', 'create', '--name', 'list', '--he')).toEqual(['--help']);
  expect(await complete('keys', 'create', '--name', '')).toEqual([]);
  expect(await complete('completion', '')).toEqual(['bash', 'zsh', 'fish']);
  expect(await complete('completion', 'bash', '')).toEqual([]);
});

test('says what each is for', async () => {
  const { stdout } = await run({}, 'complete', '--', 'keys', 'rot');
  expect(stdout).toBe('rotate\tRotate a key and print its new secret, which is shown only once\n');
});

test('has a script for each shell, and for no other', async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, stdout, stderr } = await run({}, 'completion', shell);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('keywright complete --');
  }
  expect(await run({}, 'completion', 'csh')).toMatchObject({ code: 2, stdout: '' });
});

test('bash hands the words over as they are typed, and evaluates none', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'completion-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const { stdout: script } = await run({}, 'completion', 'bash');
  writeFileSync(join(folder, 'script'), script);
  // Takes note of its words, and offers two.
  writeFileSync(
    join(folder, 'keywright'),
    `#!/bin/sh\nprintf '%s\\n' "$@" >'${folder}/words'\nprintf 'rotate\\tGive it\\nrevoke\\t\\n'\n`,
  );
  chmodSync(join(folder, 'keywright'), 0o755);
  const press = `source ${folder}/script
    COMP_WORDS=(keywright keys '$(touch ${folder}/ran)' "--name=a b" r) COMP_CWORD=4
    _keywright
    printf '%s\\n' "\${COMPREPLY[@]}"
    complete -p keywright`;
  const env = { PATH: `${folder}:${process.env.PATH}` };
  const stdout = execFileSync('bash', ['--norc', '-euo', 'pipefail', '-c', press], { env, encoding: 'utf8' });
  expect(stdout).toBe('rotate\nrevoke\ncomplete -F _keywright keywright\n');
  expect(readFileSync(join(folder, 'words'), 'utf8')).toBe(
    `complete\n--\nkeys\n$(touch ${folder}/ran)\n--name=a b\nr\n`,
  );
  expect(() => readFileSync(join(folder, 'ran'))).toThrow('ENOENT');
});
