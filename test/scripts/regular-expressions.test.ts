// biome-ignore-all lint/suspicious/noTemplateCurlyInString: samples are code.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

/** What the check says of a folder with one file. */
function check(text: string, name = 'sample.ts'): { passes: boolean; faults: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'regular-expressions-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, name), text);
  const script = join(import.meta.dirname, '../../scripts/check-regular-expressions.mjs');
  const { status, stderr } = spawnSync(process.execPath, [script, folder], { encoding: 'utf8' });
  const faults = stderr.split('\n').filter(Boolean);
  return { passes: status === 0, faults: faults.map((line) => line.replace(`${folder}/`, '')) };
}

test('expressions that take linear time pass, wherever they are written', () => {
  const sample = [
    "const WORD = 'a-z';",
    'const a = /^[a-z]+$/u;',
    "const b = new RegExp('^[' + WORD + ']+$', 'i');",
    'const c = RegExp(String.raw`^\\d{2}${WORD}`);',
    'export const isRegular = (value: unknown): value is RegExp => value instanceof RegExp;',
    "export const matches = (text: string, shape: RegExp) => text.match(shape) ?? text.match('[a-z]');",
    "type Holder = { RegExp: RegExp }; const text = '/(a+)+$/'; // /(a+)+$/",
  ].join('\n');
  expect(check(sample)).toEqual({ passes: true, faults: [] });
});

test.each<[what: string, text: string, name?: string]>([
  ['takes exponential time', 'export const a = /^(a+)+$/;'],
  ['takes quadratic time', 'export const a = /-+$/;'],
  ['takes quadratic time in a component', 'export const a = <p>{/-+$/.test("") ? 1 : 2}</p>;', 'sample.tsx'],
  ['takes quadratic time, and is constructed', "export const a = new RegExp('-' + '+$');"],
  [
    'takes quadratic time, and is constructed of a constant',
    "const A = '-+'; export const a = RegExp(`${A}$`, 'g');",
  ],
  ['takes quadratic time, and is compiled by a method', "export const a = 'text'.search('-+$');"],
])('an expression that %s is reported', (_what, text, name) => {
  const { passes, faults } = check(text, name);
  expect(passes).toBe(false);
  expect(faults).toEqual([
    expect.stringMatching(/^sample\.tsx?:1: \/.*\/g? takes .*(exponential|polynomial)/),
  ]);
});

test.each([
  ['of an argument', 'export const a = (text: string) => new RegExp(text);'],
  ['of a name that is declared twice', "const A = 'a'; { const A = '-+$'; } export const a = new RegExp(A);"],
  ['of itself', 'const A: string = `${A}`; export const a = new RegExp(A);'],
  ['with flags of an argument', "export const a = (flags: string) => new RegExp('a', flags);"],
  ['by another name', 'const Shape = RegExp; export const a = (text: string) => new Shape(text);'],
  ['through the global object', 'export const a = (text: string) => new globalThis.RegExp(text);'],
  ['by a method, of an argument', 'export const a = (text: string) => "".match(`${text}`);'],
])('an expression constructed %s is reported: nobody can analyse it', (_what, text) => {
  const { passes, faults } = check(text);
  expect(passes).toBe(false);
  expect(faults).toEqual([
    expect.stringMatching(/^sample\.ts:1: (is built from what is not constant|uses RegExp as a value)/),
  ]);
});

test('an expression that the analyser does not understand is reported', () => {
  expect(check("export const a = new RegExp('(');")).toEqual({
    passes: false,
    faults: [expect.stringContaining("sample.ts:1: /(/ can't be analysed")],
  });
});

test('a folder without expressions fails: it is not the one that was meant', () => {
  expect(check('export const a = 1;').passes).toBe(false);
});
