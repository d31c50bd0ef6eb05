import { type Figures, median, ratioOf, table } from '../figures.ts';
import type { GraphqlServer } from './scenarios.ts';
import { targetsReached } from './targets.ts';

const BARE = 'bare: node:http';
const CACHED = '/verify: remembered, 1,000,000 keys';

type Row = readonly string[];

/** The figures as tables, with the targets beside them. */
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
    ...row('the same with as many headers as `/verify` sends', 'bare: same headers'),
    ...row('`/verify`, key remembered, 1,000,000 keys', CACHED),
    ...row('the same, 1,000 keys', '/verify: remembered, 1,000 keys'),
    ...row('`/verify`, key not remembered, 1,000,000 keys', '/verify: read, 1,000,000 keys'),
    ...row('the same, room for 100 keys', '/verify: read, room for 100, 1,000,000 keys'),
    ...row('the same, 1,000 keys', '/verify: read, room for 100, 1,000 keys'),
    ...row('better-auth, SQLite in WAL mode', 'better-auth: WAL'),
    ...row('better-auth, secondary storage in memory', 'better-auth: secondary storage'),
  ];
  if (rows.length === 0) return '';
  const head = ['', 'a second', '÷ bare', 'µs of processor', 'bare’s ÷ its'];
  const clients = of.has('bare: two clients: rate')
    ? [
        `One client kept the bare server at ${of.number(`${BARE}: server`, 2)} cores and worked ${of.number(`${BARE}: client`, 2)} itself; two got ${of.ratio('bare: two clients: rate', `${BARE}: rate`)} times as many answers.`,
      ]
    : [];
  return [
    'Requests answered in a second, and what one costs the server:',
    table([head, ...rows]),
    ...clients,
  ].join('\n\n');
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
    'From a request to its answer, 5,000 requests a second whatever becomes of those before, milliseconds:',
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
    'GraphQL over HTTP, the caller being an API key (`{ __typename }` needs none); each server has the same schema, authentication and database, and answered the same. `JSON.stringify` is a bare server that makes the text of that answer for each request. Answers a second:',
    table([
      ['', ...ALL],
      ...rows.map(([title, query]) => [title, ...ALL.map((one) => of.number(rate(one, query)))]),
    ]),
    'Keywright’s ÷ theirs:',
    table([
      ['', ...ALL.slice(1)],
      ...rows.map(([title, query]) => [
        title,
        ...ALL.slice(1).map((one) => of.ratio(rate('Keywright', query), rate(one, query))),
      ]),
    ]),
    'What an answer costs the server, microseconds of its processors:',
    table([
      ['', ...ALL],
      ...rows.map(([title, query]) => [
        title,
        ...ALL.map((one) => of.number(`GraphQL: ${one}: ${query}: cost`, 1)),
      ]),
    ]),
    `\`verifyApiKey\` is answered ${of.ratio(rate('Keywright', 'verify'), rate('yoga', 'typename'))} times as often as yoga answers \`{ __typename }\`, and ${of.ratio(rate('Keywright', 'verify'), `${BARE}: rate`)} times as often as the bare server answers.`,
  ].join('\n\n');
}

function memoryText(of: Reader): string {
  if (!of.has('memory: 100,000 keys: after')) return '';
  return `Resident memory with 100,000 keys remembered: ${of.number('memory: 100,000 keys: after')} MB; before the first request ${of.number('memory: 100,000 keys: before')} MB.`;
}

function postgresText(of: Reader): string {
  if (!of.has('PostgreSQL: look-ups: rate')) return '';
  const [lookUps, selectOne] = ['PostgreSQL: look-ups: rate', 'PostgreSQL: SELECT 1: rate'];
  return `Keys that are not remembered on PostgreSQL, 32 callers: ${of.number(lookUps)} look-ups a second, ${of.ratio(lookUps, selectOne)} of the ${of.number(selectOne)} that \`SELECT 1\` makes as a prepared statement on a pool of 8.`;
}
