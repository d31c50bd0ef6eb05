import { expect, test } from 'vitest';
import { operatorPrincipal, userPrincipal } from '../../src/access/principal.ts';
import { NotFoundError, UnauthenticatedError, ValidationError } from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import { resolveOrganizationId } from '../../src/organizations/resolve-organization.ts';
import { keyCaller } from '../support/services.ts';

const one = newId('org');
const two = newId('org');

function userOf(...organizationIds: string[]) {
  const permissions = new Map(organizationIds.map((id) => [id, []]));
  return { principal: userPrincipal(newId('user'), newId('ses'), permissions) };
}

const key = {
  principal: keyCaller(one, []),
};
const operator = { principal: operatorPrincipal(newId('op'), 'back-end') };

test('takes the one given, where it exists for the caller', () => {
  expect(resolveOrganizationId(userOf(one, two), two)).toBe(two);
  expect(resolveOrganizationId(key, one)).toBe(one);
  expect(resolveOrganizationId(operator, two)).toBe(two);
});

test('left out, takes a key’s own and a user’s single one', () => {
  expect(resolveOrganizationId(key, undefined)).toBe(one);
  expect(resolveOrganizationId(userOf(two), null)).toBe(two);
});

const many = Array.from({ length: 11 }, () => newId('org'));

test.each([
  ['a user of two', userOf(one, two), `you belong to more than one organization: ${one}, ${two}`],
  [
    'a user of many',
    userOf(...many),
    `you belong to more than one organization: ${many.slice(0, 10).join(', ')}, …`,
  ],
  ['a user of none', userOf(), "you don't belong to an organization"],
  ['an operator', operator, 'operator tokens have access to all organizations'],
])('omitted by %s, is required, and the error lists what the caller can choose', (_who, ctx, reason) => {
  expect(() => resolveOrganizationId(ctx, null)).toThrow(
    new ValidationError([
      { path: ['input', 'organizationId'], code: 'REQUIRED', message: `is required because ${reason}` },
    ]),
  );
});

test('names the place where it must be said', () => {
  expect(() => resolveOrganizationId(operator, null, ['organizationId'])).toThrow(
    new ValidationError([
      {
        path: ['organizationId'],
        code: 'REQUIRED',
        message: 'is required because operator tokens have access to all organizations',
      },
    ]),
  );
});

test.each([
  ['another', userOf(one), two],
  ['another, for a key', key, two],
  ['an id of another type', operator, newId('team')],
  ['nonsense', operator, 'org_\0'],
  ['nothing', userOf(one), ''],
])('knows no organization where it is given %s', (_what, ctx, given) => {
  expect(() => resolveOrganizationId(ctx, given)).toThrow(NotFoundError);
});

test('answers nobody who doesn’t say who they are', () => {
  expect(() => resolveOrganizationId({ principal: null }, one)).toThrow(UnauthenticatedError);
});
