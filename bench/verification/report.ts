import { type Figures, median, ratioOf, table } from '../figures.ts';
import type { GraphqlServer } from './scenarios.ts';
import { targetsReached } from './targets.ts';

const BARE = 'bare: node:http';
const CACHED = '/verify: cached, 1,000,000 keys';

type Row = readonly string[];

/** The results as tables, next to the targets. */
export function report(figures: Figures): string {
  const of = new Reader(figures);
  const parts = [verifyTable, delayTable, graphqlTable, memoryText, postgresText].map((part) => part(of));
  return [targetsReached(figures), ...parts].filter((text) => text !== '').join('\n\n');
}

class Reader {
  readonly #figures: Figures;

  constructor(figures: Figures) {
    this.#figures = figures;
  }

  has(key: string): boolean {
    return this.#figures.has(key);
  }

  number(key: string, digits = 0): string {
    const value = median(this.#figures.get(key) ?? []);
    return Number.isNaN(value) ? '–' : value.toLocaleString('en', { maximumFractionDigits: digits });
  }

  ratio(one: string, to: string, digits = 2): string {
    const value = ratioOf(this.#figures, one, to);
    return Number.isNaN(value) ? '–' : value.toFixed(digits);
  }
}

function verifyTable(of: Reader): string {
  const row = (title: string, name: string): Row[] =>
    of.has(`${name}: rate`)
      ? [
          [
            title,
            of.number(`${name}: rate`),
            of.ratio(`${name}: rate`, `${BARE}: rate`, name.startsWith('better') ? 4 : 2),
            of.number(`${name}: cost`, 1),
            of.ratio(`${BARE}: cost`, `${name}: cost`, name.startsWith('better') ? 4 : 2),
          ],
        ]
      : [];
  const rows = [
    ...row('bare `node:http`', BARE),
    ...row('the same with as many headers as `/verify`', 'bare: same headers'),
    ...row('`/verify`, cached key, 1,000,000 keys', CACHED),
    ...row('the same, 1,000 keys', '/verify: cached, 1,000 keys'),
    ...row('`/verify`, uncached key, 1,000,000 keys', '/verify: read, 1,000,000 keys'),
    ...row('the same, cache of 100 keys', '/verify: read, cache of 100, 1,000,000 keys'),
    ...row('the same, 1,000 keys', '/verify: read, cache of 100, 1,000 keys'),
    ...row('better-auth, SQLite in WAL mode', 'better-auth: WAL'),
    ...row('better-auth, secondary storage in memory', 'better-auth: secondary storage'),
  ];
  if (rows.length === 0) return '';
  const head = ['', 'per second', '÷ bare', 'µs of CPU', 'CPU: bare ÷ this'];
  const clients = of.has('bare: two clients: rate')
    ? [
        `With one client, the bare server used ${of.number(`${BARE}: server`, 2)} cores and the client ${of.number(`${BARE}: client`, 2)}. With two clients, the rate was ${of.ratio('bare: two clients: rate', `${BARE}: rate`)} times as high.`,
      ]
    : [];
  return ['Requests per second, and CPU time per request:', table([head, ...rows]), ...clients].join('\n\n');
}

function delayTable(of: Reader): string {
  if (!of.has('delay: bare: p99')) return '';
  const row = (unit: string): Row => [
    unit,
    of.number(`delay: bare: ${unit}`, 3),
    of.number(`delay: /verify: ${unit}`, 3),
    of.ratio(`delay: /verify: ${unit}`, `delay: bare: ${unit}`),
  ];
  return [
    'Latency at 5,000 requests per second, sent regardless of pending responses, in milliseconds:',
    table([['', 'bare', '`/verify`', 'ratio'], row('p50'), row('p99'), row('p99.9')]),
  ].join('\n\n');
}

const PEERS: readonly GraphqlServer[] = ['yoga', 'mercurius', 'mercurius, jit'];
const ALL = ['Keywright', ...PEERS, 'JSON.stringify'];

function graphqlTable(of: Reader): string {
  if (!of.has('GraphQL: Keywright: list: rate')) return '';
  const rows = [
    ['`{ __typename }`', 'typename'],
    ['`verifyApiKey`', 'verify'],
    ['100 keys, ten fields and the role', 'list'],
  ] as const;
  const rate = (server: string, query: string): string => `GraphQL: ${server}: ${query}: rate`;
  return [
    'GraphQL over HTTP. The caller is an API key (`{ __typename }` needs none). All servers have the same schema, authentication and database, and returned the same responses. `JSON.stringify` is a bare server that serializes the same response for each request. Responses per second:',
    table([
      ['', ...ALL],
      ...rows.map(([title, query]) => [title, ...ALL.map((one) => of.number(rate(one, query)))]),
    ]),
    'Keywright ÷ the other server:',
    table([
      ['', ...ALL.slice(1)],
      ...rows.map(([title, query]) => [
        title,
        ...ALL.slice(1).map((one) => of.ratio(rate('Keywright', query), rate(one, query))),
      ]),
    ]),
    'CPU time per response, µs:',
    table([
      ['', ...ALL],
      ...rows.map(([title, query]) => [
        title,
        ...ALL.map((one) => of.number(`GraphQL: ${one}: ${query}: cost`, 1)),
      ]),
    ]),
    `Keywright’s rate for \`verifyApiKey\` is ${of.ratio(rate('Keywright', 'verify'), rate('yoga', 'typename'))} times yoga’s rate for \`{ __typename }\`, and ${of.ratio(rate('Keywright', 'verify'), `${BARE}: rate`)} times the rate of the bare server.`,
  ].join('\n\n');
}

function memoryText(of: Reader): string {
  if (!of.has('memory: 100,000 keys: after')) return '';
  return `Resident memory with 100,000 cached keys: ${of.number('memory: 100,000 keys: after')} MB; before the first request: ${of.number('memory: 100,000 keys: before')} MB.`;
}

function postgresText(of: Reader): string {
  if (!of.has('PostgreSQL: look-ups: rate')) return '';
  const [lookUps, selectOne] = ['PostgreSQL: look-ups: rate', 'PostgreSQL: SELECT 1: rate'];
  return `Uncached keys on PostgreSQL with 32 callers: ${of.number(lookUps)} look-ups per second, ${of.ratio(lookUps, selectOne)} times the ${of.number(selectOne)} of \`SELECT 1\` as a prepared statement on a pool of 8.`;
}
