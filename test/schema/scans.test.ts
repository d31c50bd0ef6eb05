import { getNamedType, isObjectType } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';

/** Of an operator alone not bounded by the caller, whose organizations are in no organization that could be large. */
const EXEMPT = ['Viewer.organizations'];

test('every field whose work grows with the organization says what it reads', () => {
  const silent: string[] = [];
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const named = getNamedType(field.type);
      const counts = isObjectType(named) && 'totalCount' in named.getFields();
      const narrows = field.args.some(({ name }) => name === 'filter' || name === 'search');
      const name = `${type.name}.${field.name}`;
      if ((counts || narrows) && !field.extensions.scan && !EXEMPT.includes(name)) silent.push(name);
    }
  }
  expect(silent).toEqual([]);
});
