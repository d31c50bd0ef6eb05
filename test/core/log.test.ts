import { describe, expect, test } from 'vitest';
import { createLog } from '../../src/core/log.ts';
import { cut, quotable, scrub } from '../../src/core/scrub.ts';
import { generateSecret, hashSecret } from '../../src/keys/secret.ts';

describe('scrubbing', () => {
  const secret = generateSecret('acme_api', 'live');

  test.each([
    ['a secret', secret, 'acme_api_live_[redacted]'],
    ['a session token', `sess_${'aB-_9'.repeat(8)}abc`, 'sess_[redacted]'],
    ['an operator token', `kwop_${'aB-_9'.repeat(8)}abc`, 'kwop_[redacted]'],
    ['a hash', hashSecret(secret), '[redacted]'],
    [
      'a sign-in link',
      `http://localhost/sign-in#token=${'aB-_9'.repeat(9)}`,
      'http://localhost/sign-in#token=[redacted]',
    ],
    ['a database’s password', 'postgres://kw:hunter2@db/kw', 'postgres://[redacted]@db/kw'],
    ['a password that is not escaped', 'redis://kw:a@b/c:d@db', 'redis://[redacted]@db'],
    ['a secret in a longer word', `x-${secret}-y`, 'x-acme_api_live_[redacted]-y'],
  ])('removes %s', (_what, text, left) => {
    expect(scrub(`(${text})`)).toBe(`(${left})`);
  });

  test('leaves ids, display forms and plain words', () => {
    const text = 'key_01hzy3v7q4e8r9t0v1w2x3y4z5 kw_live_a8f2bcde 2030-01-01T00:00:00.000Z';
    expect(scrub(text)).toBe(text);
  });
});

describe('foreign text', () => {
  test('is cut before a word, so that no credential loses the part by which it is recognized', () => {
    const text = `failed: "${generateSecret('kw', 'live')}" and more`;
    for (let max = 0; max < text.length; max += 1) {
      const left = scrub(cut(text, max));
      expect(left.length).toBeLessThanOrEqual(max + 1);
      expect(left.replace('_[redacted]', '')).toMatch(/^(failed:? ?"?(kw_live"?( and?)?)?.?)?…$/);
    }
    expect(cut(text, text.length)).toBe(text);
  });

  test('is quoted escaped where it is a short name, and not at all where it is not', () => {
    expect(quotable('metadata')).toBe('metadata');
    expect(quotable('a"\n\u2028')).toBe('a\\"\\n\u2028');
    expect(quotable('kw_live_0123456789abcdef')).toBe('kw_live_[redacted]');
    expect(quotable('x'.repeat(33))).toBe('…');
  });
});

describe('the log', () => {
  function lines(level: 'info' | 'silent', use: (log: ReturnType<typeof createLog>) => void): string[] {
    const written: string[] = [];
    use(createLog(level, (line) => written.push(line)));
    return written;
  }

  test('writes a line of JSON for what its level lets through', () => {
    const [line = '', ...more] = lines('info', (log) => {
      log.debug('not this');
      log.info('listening', { url: 'http://localhost:4000' });
    });
    expect(more).toEqual([]);
    expect(JSON.parse(line)).toMatchObject({ msg: 'listening', url: 'http://localhost:4000' });
    expect(lines('silent', (log) => log.error('nothing'))).toEqual([]);
  });

  test('writes of an error its name, message, stack and cause, scrubbed, and none of its other properties', () => {
    const secret = generateSecret('kw', 'live');
    const error = Object.assign(new Error(`refused ${secret}`, { cause: new Error('broken pipe') }), {
      parameters: ['hunter2'],
    });
    const [line = ''] = lines('info', (log) => log.error('failed', { error }));
    expect(JSON.parse(line)).toMatchObject({
      error: { name: 'Error', message: 'refused kw_live_[redacted]', cause: 'broken pipe' },
    });
    expect(line).not.toContain(secret);
    expect(line).not.toContain('hunter2');
  });

  test('names the code of a cause, and the first of several that have no message together', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED ::1:5432'), { code: 'ECONNREFUSED' });
    const error = new Error('unreachable', { cause: new AggregateError([refused, refused]) });
    const [line = ''] = lines('info', (log) => log.warn('failed', { error }));
    expect(JSON.parse(line).error.cause).toBe('connect ECONNREFUSED ::1:5432 (ECONNREFUSED)');
  });

  test('writes a warning of background work about the same error once, and each of a request', () => {
    const written = lines('info', (log) => {
      for (let time = 0; time < 3; time += 1) {
        log.warn('not saved', { error: new Error('full') });
        log.warn('not read', { error: new Error('full') });
        log.warn('not answered', { error: new Error('full'), requestId: `${time}` });
      }
      log.warn('not saved', { error: new Error('locked') });
    });
    const told = written.map((line) => JSON.parse(line)).map(({ msg, error }) => `${msg}: ${error.message}`);
    const answers = Array.from({ length: 3 }, () => 'not answered: full');
    expect(told.sort()).toEqual([...answers, 'not read: full', 'not saved: full', 'not saved: locked']);
  });

  test('cuts what an error says, and where it says it', () => {
    const error = new Error('word '.repeat(200_000));
    const [line = ''] = lines('info', (log) => log.error('failed', { error }));
    expect(line.length).toBeLessThan(30_000);
  });

  test('writes what was thrown though it is no error', () => {
    const [line = ''] = lines('info', (log) => log.error('failed', { error: 'just text' }));
    expect(JSON.parse(line)).toMatchObject({ error: { message: 'just text' } });
  });
});
