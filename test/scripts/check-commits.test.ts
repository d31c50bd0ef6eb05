import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const SCRIPT = join(ROOT, 'scripts/check-commits.mjs');
const GOOD = 'Add the script\n\nSubjects were not checked.';

const env = {
  PATH: process.env.PATH,
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
};

function run(cwd: string, program: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, env, encoding: 'utf8' });
  return { status, stdout: stdout.trim(), stderr: stderr.trim() };
}

const check = (cwd: string, ...args: string[]) => run(cwd, process.execPath, SCRIPT, ...args);

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'commits-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function repository() {
  const path = join(folder(), 'repository');
  mkdirSync(path);
  const git = (...args: string[]) => {
    const { status, stdout, stderr } = run(path, 'git', ...args);
    if (status !== 0) throw new Error(stderr);
    return stdout;
  };
  const commit = (message: string) => {
    git('commit', '--quiet', '--allow-empty', '--cleanup=verbatim', '-m', message);
    return git('rev-parse', 'HEAD');
  };
  git('init', '--quiet', '--initial-branch=main');
  return { path, git, commit, base: commit('before the rules.') };
}

test.each([
  ['', 'the subject must have 1 to 72 characters, and has 0'],
  [`A${'b'.repeat(72)}\n\nReason`, 'the subject must have 1 to 72 characters, and has 73'],
  ['add the script\n\nReason', 'the subject must begin with a capital letter'],
  ['Add the script.\n\nReason', 'the subject must not end with a full stop'],
  ['Add the script\nReason\nand more', 'the second line must be empty'],
  ['Add the script', 'a body must explain the reason for the change'],
  ['Add the script\n\n# Only a comment', 'a body must explain the reason for the change'],
  ['Add the script\n\nSigned-off-by: Ada <ada@example.com>', 'a body must explain the reason for the change'],
  [`Add the script\n\n${'b'.repeat(101)}`, 'a line must have at most 100 characters: b'],
])('the hook rejects the message %j', (message, fault) => {
  const path = folder();
  writeFileSync(join(path, 'message'), message);
  const { status, stderr } = check(path, '--file', 'message');
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: expect.stringContaining(`This message: ${fault}`),
  });
});

test.each([
  GOOD,
  `Ä${'b'.repeat(70)}😀\n\n${'b'.repeat(100)}`,
  `${GOOD}\n# ${'b'.repeat(120)}\n# ------------------------ >8 ------------------------\n${'b'.repeat(120)}`,
  'fixup! Add the script',
])('the hook accepts the message %j', (message) => {
  const path = folder();
  writeFileSync(join(path, 'message'), message);
  expect(check(path, '--file', 'message')).toEqual({ status: 0, stdout: '', stderr: '' });
});

test('git runs the hook', () => {
  const { path, git } = repository();
  cpSync(join(ROOT, '.githooks'), join(path, '.githooks'), { recursive: true });
  mkdirSync(join(path, 'scripts'));
  cpSync(SCRIPT, join(path, 'scripts/check-commits.mjs'));
  chmodSync(join(path, '.githooks/commit-msg'), 0o755);
  git('config', 'core.hooksPath', '.githooks');
  const commit = (message: string) => run(path, 'git', 'commit', '--allow-empty', '-m', message);
  expect(commit('no body')).toMatchObject({ status: 1, stderr: expect.stringContaining('capital letter') });
  expect(commit(GOOD)).toMatchObject({ status: 0 });
});

test('checks every commit after the base, but no merge', () => {
  const { path, git, commit, base } = repository();
  commit(GOOD);
  git('switch', '--quiet', '--create', 'branch', base);
  commit(GOOD);
  git('merge', '--quiet', '--no-ff', '--no-edit', 'main');
  expect(check(path, '--since', base)).toEqual({ status: 0, stdout: '', stderr: '' });
  const bad = commit('fixup! Add the script');
  const last = commit(GOOD);
  const { status, stderr } = check(path, '--since', base);
  expect(status).toBe(1);
  expect(stderr.split('\n')).toEqual([
    `Commit ${bad.slice(0, 7)}: the subject must begin with a capital letter`,
    `Commit ${bad.slice(0, 7)}: a body must explain the reason for the change`,
  ]);
  expect(check(path, '--since', last).status).toBe(0);
});

test('checks a bare clone, and skips a shallow clone that lacks the base', () => {
  const { path, commit, base } = repository();
  commit('bad');
  const bare = join(folder(), 'bare');
  run(path, 'git', 'clone', '--quiet', '--bare', '.', bare);
  expect(check(bare, '--since', base).status).toBe(1);
  const shallow = join(folder(), 'shallow');
  run(path, 'git', 'clone', '--quiet', '--depth', '1', `file://${path}`, shallow);
  expect(run(shallow, 'git', 'log', '--format=%s').stdout).toBe('bad');
  expect(check(shallow, '--since', base)).toEqual({ status: 0, stdout: '', stderr: '' });
});

test('the base of this repository is part of its history', () => {
  const [, base = ''] = /BASE = '([0-9a-f]{40})'/.exec(readFileSync(SCRIPT, 'utf8')) ?? [];
  expect(base).not.toBe('');
  // A clone without it, such as a shallow one, has nothing to check.
  expect([0, 128]).toContain(run(ROOT, 'git', 'merge-base', '--is-ancestor', base, 'HEAD').status);
});
