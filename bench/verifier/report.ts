import { type Figures, median, ratioOf, table } from '../figures.ts';

/** A target of verification processes and embedded verifiers, and what prevents reaching it. */
interface Target {
  readonly title: string;
  readonly unit?: string;
  readonly limit: number;
  /** Whether the limit is a minimum or a maximum. */
  readonly is: 'least' | 'most';
  value(figures: Figures): number;
  /** Shown if the target is missed. */
  readonly why?: string;
}

const over = (one: string, to: string) => (figures: Figures) => ratioOf(figures, one, to);
const of = (name: string) => (figures: Figures) => median(figures.get(name) ?? []);

const BARE = 'bare: same headers: rate';

export const TARGETS: readonly Target[] = [
  {
    title: '`verify()` of a cached key in process, with usage, limit and allowlist, per second',
    limit: 400_000,
    is: 'least',
    value: of('embedded: rate'),
  },
  {
    title: '`verify()` ÷ the core alone, hash included',
    limit: 0.9,
    is: 'least',
    value: over('embedded: rate', 'embedded: core'),
  },
  {
    title: 'a Fastify API with the middleware ÷ without',
    limit: 0.85,
    is: 'least',
    value: over('API: middleware', 'API: none'),
  },
  {
    title: 'commit → `onInvalid` in 10 verifiers on 2 servers, p99',
    unit: 'ms',
    limit: 50,
    is: 'most',
    value: of('onInvalid: p99'),
  },
  {
    title: 'memory of an idle verifier in the server',
    unit: 'KB',
    limit: 40,
    is: 'most',
    value: of('idle: kilobytes'),
  },
  { title: 'messages of an idle verifier per second', limit: 2.5, is: 'most', value: of('idle: messages') },
  {
    title: '`/verify` on VERIFY_PORT ÷ bare `node:http` with the same headers',
    limit: 0.78,
    is: 'least',
    value: over('VERIFY_PORT: 1 process: rate', BARE),
  },
  {
    title: 'p99 at 5,000 per second ÷ bare',
    limit: 1.5,
    is: 'most',
    value: over('delay: VERIFY_PORT: p99', 'delay: bare: p99'),
  },
  {
    title: 'resident memory of a verification process with 100,000 cached keys',
    unit: 'MB',
    limit: 150,
    is: 'most',
    value: of('memory: after'),
  },
  {
    title: 'look-ups of uncached keys, 1,000,000 in SQLite ÷ bare',
    limit: 0.3,
    is: 'least',
    value: over('VERIFY_PORT: uncached: rate', BARE),
  },
  ...[
    'a main process that stands still',
    'the worst permitted query',
    'a write lock held by another process',
  ].map(
    (name): Target => ({
      title: `\`/verify\` during ${name}, p99`,
      unit: 'ms',
      limit: 5,
      is: 'most',
      value: of(`during ${name}: p99`),
    }),
  ),
];

/** The results as tables, next to the targets. */
export function report(figures: Figures): string {
  return [
    targetsTable(figures),
    embeddedTable(figures),
    processesTable(figures),
    disturbedTable(figures),
    streams(figures),
    costs(figures),
  ]
    .filter((text) => text !== '')
    .join('\n\n');
}

function shown(value: number, digits = value >= 100 ? 0 : 2): string {
  return Number.isNaN(value) ? '–' : value.toLocaleString('en', { maximumFractionDigits: digits });
}

function targetsTable(figures: Figures): string {
  const measured = TARGETS.map((target) => ({ target, value: target.value(figures) })).filter(
    ({ value }) => !Number.isNaN(value),
  );
  const isMet = ({ limit, is }: Target, value: number): boolean =>
    is === 'least' ? value >= limit : value <= limit;
  const rows = measured.map(({ target, value }) => {
    const { title, unit = '', limit, is } = target;
    const by = Math.round(Math.abs(1 - value / limit) * 100);
    const met = isMet(target, value) ? 'yes' : `no, by ${by} %`;
    return [title, `${shown(value)} ${unit}`.trim(), `${is === 'least' ? '≥' : '≤'} ${shown(limit)}`, met];
  });
  const missed = measured.filter(({ target, value }) => target.why && !isMet(target, value));
  const reasons = missed.map(({ target }) => `- ${target.title}: ${target.why}`);
  const parts = [table([['', 'measured', 'target', 'met'], ...rows])];
  if (reasons.length > 0) parts.push('Reasons for missed targets:', reasons.join('\n'));
  return parts.join('\n\n');
}

function embeddedTable(figures: Figures): string {
  if (!figures.has('embedded: rate')) return '';
  const row = (title: string, name: string): string[] => [title, shown(of(name)(figures), 0)];
  const rows = [
    row('only the hash of the secret', 'embedded: hash'),
    row('the core: keys, limits and usage in maps', 'embedded: core'),
    row('`verify()` of `@keywright/verifier`', 'embedded: rate'),
    row('better-auth’s API key plugin in process, SQLite', 'better-auth: SQLite: rate'),
    row('better-auth’s API key plugin in process, secondary storage in memory', 'better-auth: memory: rate'),
    row('a Fastify API, unprotected: requests', 'API: none'),
    row('… with the middleware', 'API: middleware'),
    row('… that requests `/verify` with undici (keep-alive)', 'API: request'),
  ];
  const ratio = ratioOf(figures, 'embedded: rate', 'better-auth: memory: rate');
  const text = `\`verify()\` is ${shown(ratio, 0)} times as fast as better-auth with its data in memory.`;
  return [
    'In the process of an API, per second (of CPU time for the first three):',
    table([['', 'per second'], ...rows]),
    ...(Number.isNaN(ratio) ? [] : [text]),
  ].join('\n\n');
}

function processesTable(figures: Figures): string {
  if (!figures.has(BARE)) return '';
  const row = (title: string, name: string): string[] => [
    title,
    shown(of(name)(figures), 0),
    shown(ratioOf(figures, name, BARE)),
  ];
  const rows = [
    row('bare `node:http` with the headers of `/verify`', BARE),
    row('`/verify` on VERIFY_PORT, cached keys, 1 process', 'VERIFY_PORT: 1 process: rate'),
    row('the same with 2 processes', 'VERIFY_PORT: 2 processes: rate'),
    row('the same, uncached keys of 1,000,000, 1 process', 'VERIFY_PORT: uncached: rate'),
  ];
  const quantile = (name: string) => [
    ...['bare', 'VERIFY_PORT'].map((server) => shown(of(`delay: ${server}: ${name}`)(figures), 3)),
    shown(ratioOf(figures, `delay: VERIFY_PORT: ${name}`, `delay: bare: ${name}`)),
  ];
  const delays = ['p50', 'p99', 'p99.9'].map((name) => [name, ...quantile(name)]);
  const memory = (when: string): string => shown(of(`memory: ${when}`)(figures), 0);
  return [
    'Verification processes, requests per second:',
    table([['', 'per second', '÷ bare'], ...rows]),
    'Latency at 5,000 requests per second, sent regardless of pending responses, in milliseconds:',
    table([['', 'bare', '`/verify`', 'ratio'], ...delays]),
    `Resident memory: ${memory('main')} MB for the main process, ${memory('before')} MB for a verification process at its start, and ${memory('after')} MB once it has cached 100,000 keys.`,
  ].join('\n\n');
}

function disturbedTable(figures: Figures): string {
  const names = [...figures.keys()].flatMap((key) => /^during (.*): p50$/.exec(key)?.[1] ?? []);
  if (names.length === 0) return '';
  const rows = names.map((name) => [
    name,
    ...['p50', 'p99', 'p99.9'].map((which) => shown(of(`during ${name}: ${which}`)(figures), 2)),
  ]);
  return [
    'Latency of `/verify` on VERIFY_PORT at 1,000 requests per second, each answered 200, in milliseconds, during 10 seconds of:',
    table([['', 'p50', 'p99', 'p99.9'], ...rows]),
  ].join('\n\n');
}

function costs(figures: Figures): string {
  if (!figures.has('costs: renewal')) return '';
  const rows = [
    ['a renewal of a lease', 'renewal'],
    ['a change, sent and acknowledged', 'change'],
    ['a report of 25 used keys', 'report'],
    ['the same in PostgreSQL', 'report in PostgreSQL'],
    ['a key that is looked up, 25 at a time', 'lookUp'],
  ].map(([title = '', name]) => [title, shown(of(`costs: ${name}`)(figures), 0)]);
  return [
    'What verifiers cost a server on PostgreSQL, in µs of CPU time:',
    table([['', 'µs'], ...rows]),
    `200 verifiers had ${shown(of('costs: reports per second')(figures), 0)} reports of 25 keys recorded per second.`,
  ].join('\n\n');
}

function streams(figures: Figures): string {
  if (!figures.has('onInvalid: p99')) return '';
  const value = (name: string, digits = 1): string => shown(of(name)(figures), digits);
  const rows = [
    ['from commit to `onInvalid`', value('onInvalid: p50'), value('onInvalid: p99'), value('onInvalid: max')],
    [
      'from commit to the confirmation of all',
      ...['p50', 'p99', 'max'].map((which) => value(`onInvalid: answer ${which}`)),
    ],
  ];
  return [
    'Revocations with two servers on PostgreSQL (every commit is on disk) and ten verifiers in processes of their own, in milliseconds:',
    table([['', 'p50', 'p99', 'max'], ...rows]),
    `All servers and verifiers confirmed ${shown(100 * of('onInvalid: confirmed')(figures), 1)} % of the revocations. An idle verifier costs its server ${value('idle: cost', 0)} µs of CPU time per second.`,
  ].join('\n\n');
}
