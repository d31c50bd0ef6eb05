import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

/** The last commit before the rules held. Its successors are checked. */
const BASE = '9dd97efbdf4be7db3a2dd5c72b1e71c9ce7965f5';

const SUBJECT_LENGTH = 72;
const LINE_LENGTH = 100;

/** Git cuts an edited message here. Below are the changes, which `git commit --verbose` shows. */
const SCISSORS = /^. -{24} >8 -{24}$/m;

const TRAILER = /^[A-Za-z]+(-[a-z]+)+: /;

const length = (text) => [...text].length;

/** The rules that a commit message breaks; empty if there are none. */
function faultsOf(message) {
  const [subject = '', second = '', ...body] = message.trimEnd().split('\n');
  const faults = [];
  if (length(subject) < 1 || length(subject) > SUBJECT_LENGTH)
    faults.push(`the subject must have 1 to ${SUBJECT_LENGTH} characters, and has ${length(subject)}`);
  if (!/^\p{Lu}/u.test(subject)) faults.push('the subject must begin with a capital letter');
  if (subject.endsWith('.')) faults.push('the subject must not end with a full stop');
  if (second !== '') faults.push('the second line must be empty');
  if (!body.some((line) => line.trim() !== '' && !TRAILER.test(line)))
    faults.push('a body must explain the reason for the change');
  for (const line of [second, ...body].filter((line) => length(line) > LINE_LENGTH))
    faults.push(`a line must have at most ${LINE_LENGTH} characters: ${line}`);
  return faults;
}

function git(args, input = '') {
  const { error, status, stdout } = spawnSync('git', args, { encoding: 'utf8', input, maxBuffer: 2 ** 28 });
  if (error) throw error;
  return { ok: status === 0, stdout };
}

/** The message as Git stores it. None for merges and for the temporary commits of `git rebase --autosquash`. */
function messageOf(file) {
  const [edited = ''] = readFileSync(file, 'utf8').split(SCISSORS, 1);
  const { stdout } = git(['stripspace', '--strip-comments'], edited);
  const isMerge = git(['rev-parse', '--quiet', '--verify', 'MERGE_HEAD']).ok;
  return isMerge || /^(fixup|squash|amend)! /.test(stdout) ? [] : [['This message', stdout]];
}

/** Commits after the base, without merges. None if the base is not part of the history, as in a shallow clone. */
function commitsSince(base) {
  if (!git(['merge-base', '--is-ancestor', base, 'HEAD']).ok) return [];
  const { ok, stdout } = git(['log', '-z', '--no-merges', '--format=%h%n%B', `${base}..HEAD`]);
  if (!ok) throw new Error('git log failed');
  return stdout
    .split('\0')
    .filter(Boolean)
    .map((entry) => [`Commit ${entry.slice(0, entry.indexOf('\n'))}`, entry.slice(entry.indexOf('\n') + 1)]);
}

const { values } = parseArgs({ options: { file: { type: 'string' }, since: { type: 'string' } } });
const messages = values.file ? messageOf(values.file) : commitsSince(values.since ?? BASE);
const faults = messages.flatMap(([name, message]) => faultsOf(message).map((fault) => `${name}: ${fault}`));
for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
