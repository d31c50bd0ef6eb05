import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'vitest';

/** Headers of every response, or of the transport. */
const COMMON: readonly string[] = [
  'connection',
  'content-length',
  'content-security-policy',
  'content-type',
  'cross-origin-resource-policy',
  'date',
  'keep-alive',
  'referrer-policy',
  'vary',
  'x-content-type-options',
];

// biome-ignore lint/suspicious/noExplicitAny: a document of any shape.
export type Document = any;

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });

/** Checks that the document describes the status, headers and body of a response. Returns the body. */
export async function expectDocumented(
  document: Document,
  [method, path]: readonly [method: string, path: string],
  answer: Response,
): Promise<unknown> {
  const { responses } = document.paths[path][method];
  const described = responses[answer.status] ?? responses.default;
  expect([path, answer.status, described === undefined]).toEqual([path, answer.status, false]);
  const documented = Object.entries<{ required: boolean }>(described.headers);
  const names = documented.map(([name]) => name.toLowerCase());
  const sent = [...answer.headers.keys()];
  expect(sent.filter((name) => !names.includes(name) && !COMMON.includes(name))).toEqual([]);
  const required = documented.flatMap(([name, { required }]) => (required ? [name.toLowerCase()] : []));
  expect(required.filter((name) => !sent.includes(name))).toEqual([]);
  const text = await answer.text();
  if (!described.content) {
    expect(text).toBe('');
    return null;
  }
  const [[type, { schema }]] = Object.entries<Document>(described.content) as [[string, Document]];
  const media = (value: string) => value.split(';')[0];
  expect(media(answer.headers.get('content-type') ?? '')).toBe(media(type));
  const body = type.startsWith('application/json') ? JSON.parse(text) : text;
  const isValid = ajv.validate(schema, body);
  expect([isValid, body, ajv.errors]).toEqual([true, body, null]);
  return body;
}
