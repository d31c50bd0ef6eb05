import { expect, test } from 'vitest';
import { ValidationError } from '../../src/core/errors.ts';
import { Input } from '../../src/core/input.ts';
import { checkPermissions } from '../../src/organizations/permission-catalog.ts';

const catalog = ['prompt.render', 'read_render'].map((name) => ({ name, description: null }));

function faults(permissions: string[], definitions = catalog): string[] {
  const input = new Input();
  checkPermissions(input, ['input', 'grants'], permissions, definitions);
  try {
    input.check();
    return [];
  } catch (error) {
    return (error as ValidationError).issues.map((issue) => issue.path.join('.'));
  }
}

test('accepts what is built in, in the catalog, or a wildcard above one of these', () => {
  expect(
    faults(['audit.view', 'prompt.render', 'read_render', 'prompt.*', 'api.*', 'api.key.*', '*']),
  ).toEqual([]);
});

test('refuses what a catalog has not, wherever it stands', () => {
  const permissions = ['audit.view', 'prompt.read', 'prompt', 'read_render.*', 'other.*'];
  expect(faults(permissions)).toEqual([
    'input.grants.1',
    'input.grants.2',
    'input.grants.3',
    'input.grants.4',
  ]);
});

test('accepts every well-formed name where there is no catalog', () => {
  expect(faults(['anything', 'at.all.*'], [])).toEqual([]);
});

test.each(['', 'A', 'a..b', '.a', 'a.', 'a b', '**', '*.a', 'a.*.b', 'a'.repeat(101), 'a\n'])(
  'refuses %j with or without a catalog',
  (permission) => {
    expect(faults([permission], [])).toEqual(['input.grants.0']);
    expect(faults([permission])).toEqual(['input.grants.0']);
  },
);

test('names what it refuses', () => {
  const input = new Input();
  checkPermissions(input, ['input', 'grants'], ['nope'], catalog);
  expect(() => input.check()).toThrow(ValidationError);
  expect(() => input.check()).toThrow(
    "nope is neither a built-in permission nor in the organization's permission catalog",
  );
});
