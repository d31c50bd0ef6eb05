import { type IntrospectionQuery, isScalarType, isSpecifiedScalarType } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { ask, serverOn } from '../support/server.ts';

/** Formats of Keywright itself, which their descriptions specify. */
const OWN = ['Permission'];

const server = serverOn('sqlite');

test('every custom scalar names its specification, unless it is Keywright’s own', () => {
  const scalars = Object.values(schema.getTypeMap())
    .filter(isScalarType)
    .filter((type) => !isSpecifiedScalarType(type) && !OWN.includes(type.name));
  expect(scalars.length).toBeGreaterThan(3);
  for (const { name, specifiedByURL } of scalars) {
    expect({ name, protocol: new URL(specifiedByURL ?? 'none:').protocol }).toEqual({
      name,
      protocol: 'https:',
    });
    expect(schema.getType(name)?.description).toBeTruthy();
  }
});

test('clients read the specifications and the description of the schema', async () => {
  const { data, errors } = await ask(
    server(),
    '{ __schema { description types { name specifiedByURL } } time: __type(name: "DateTime") { specifiedByURL } }',
  );
  expect(errors).toEqual([]);
  const { __schema, time } = data as unknown as IntrospectionQuery & { time: unknown };
  expect(__schema.description).toBe(schema.description);
  expect(time).toEqual({ specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339' });
  const sdl = await (await fetch(`${server().url}/schema.graphql`)).text();
  expect(sdl).toContain(`"""\n${schema.description}\n"""\nschema {`);
  expect(sdl).toContain('scalar JSONObject @specifiedBy(url: "https://www.rfc-editor.org/rfc/rfc8259")');
});
