import { type Figures, median, ratioOf, table } from '../figures.ts';

/** A target, and what prevents reaching it. */
interface Target {
  readonly title: string;
  readonly limit: number;
  /** Whether the limit is a minimum or a maximum. */
  readonly is: 'least' | 'most';
  value(figures: Figures): number;
  /** Shown if the target is missed. */
  readonly why: string;
}

const BARE = 'bare: node:http: rate';
const CACHED = '/verify: cached, 1,000,000 keys: rate';
const READ = '/verify: read, cache of 100';

const over =
  (one: string, to: string) =>
  (figures: Figures): number =>
    ratioOf(figures, one, to);

const overYoga = (query: string) =>
  over(`GraphQL: Keywright: ${query}: rate`, `GraphQL: yoga: ${query}: rate`);

const SHARED =
  'Both use the HTTP server of Node.js, the same authentication and the same resolver, so only the steps in between can be faster. ' +
  'Most of Keywright’s own cost is the HTTP server, above all writing to the socket.';

const TARGETS: readonly Target[] = [
  {
    title: '`/verify`, cached key ÷ bare',
    limit: 0.78,
    is: 'least',
    value: over(CACHED, BARE),
    why: 'A bare server that sends as many headers reaches 0.84 of the bare one. A request costs 4.6 µs more than on that server (11.6 µs). Verification alone takes 1.3 µs of these if nothing else runs: format, checksum, SHA-256, cache, checks, rate limit, usage. The rest is spread out: CPU cache misses, garbage collection, and the thread that saves usage.',
  },
  {
    title: '`/verify`, uncached key ÷ bare',
    limit: 0.4,
    is: 'least',
    value: over('/verify: read, 1,000,000 keys: rate', BARE),
    why: 'No key is requested twice: each request reads four uncached database pages, and its use is saved to other pages by a thread that takes half a core. With usage kept in memory, the ratio is 0.21. The read alone takes 10 to 14 µs, or 3 µs less with the file mapped into memory. But SQLite drops the mapping at every commit, and until then, the mapped pages count as memory of the server.',
  },
  {
    title: 'p99 at 5,000 per second, `/verify` ÷ bare',
    limit: 1.5,
    is: 'most',
    value: over('delay: /verify: p99', 'delay: bare: p99'),
    why: 'Twice per second, usage is encoded and passed to the thread that saves it (1.2 ms for 1,000 keys). Requests that arrive during this time, or during garbage collection, wait.',
  },
  {
    title: '`/verify`, cached key ÷ better-auth in WAL mode',
    limit: 40,
    is: 'least',
    value: over(CACHED, 'better-auth: WAL: rate'),
    why: '',
  },
  {
    title: '`/verify`, cached key ÷ better-auth with secondary storage',
    limit: 12,
    is: 'least',
    value: over(CACHED, 'better-auth: secondary storage: rate'),
    why: 'With all data in memory, better-auth reaches 0.086 of the bare server here. The target was based on 0.053. With 0.086, 0.78 of the bare server corresponds to a target of 9.',
  },
  {
    title: 'resident memory with 100,000 cached keys, MB',
    limit: 200,
    is: 'most',
    value: (figures) => median(figures.get('memory: 100,000 keys: after') ?? []),
    why: '80 MB are live objects, about 0.65 KB per key. V8 reserves 33 MB for new objects, and 25 MB are fragmentation of the old space. The Node.js binary takes 46 MB. The rest is SQLite, its thread, and memory that malloc retains. The Node.js option --max-semi-space-size=4 saves 26 MB, at 1 to 5 % more CPU time.',
  },
  {
    title: 'cost of a cached key with 1,000,000 keys ÷ with 1,000',
    limit: 1.1,
    is: 'most',
    value: over('/verify: cached, 1,000,000 keys: cost', '/verify: cached, 1,000 keys: cost'),
    why: 'No step depends on the number of keys, so a difference is random.',
  },
  {
    title: 'cost of an uncached key with 1,000,000 keys ÷ with 1,000',
    limit: 1.1,
    is: 'most',
    value: over(`${READ}, 1,000,000 keys: cost`, `${READ}, 1,000 keys: cost`),
    why: 'The pages of 1,000 keys are all cached, and their uses are saved together. With 1,000,000 keys, each look-up reads other pages, and each use is written to other pages. The number of steps is the same, except for one more level of the index.',
  },
  {
    title: 'PostgreSQL, look-ups ÷ `SELECT 1`, 32 callers',
    limit: 0.85,
    is: 'least',
    value: over('PostgreSQL: look-ups: rate', 'PostgreSQL: SELECT 1: rate'),
    why: '',
  },
  { title: '`{ __typename }` ÷ yoga', limit: 1.8, is: 'least', value: overYoga('typename'), why: SHARED },
  { title: '`verifyApiKey` ÷ yoga', limit: 1.6, is: 'least', value: overYoga('verify'), why: SHARED },
  {
    title: 'list of 100 keys ÷ yoga',
    limit: 2,
    is: 'least',
    value: overYoga('list'),
    why: 'Reading the rows, converting them to objects, loading their role and formatting times cost the same on both servers. They are more than half of Keywright’s cost for the list, so only execution can be faster. Faster reads speed up yoga as well.',
  },
];

function isReached({ limit, is }: Target, value: number): boolean {
  return is === 'least' ? value >= limit : value <= limit;
}

/** Every measured target, whether it is met and, if missed, by how much and why. */
export function targetsReached(figures: Figures): string {
  const measured = TARGETS.map((target) => ({ target, value: target.value(figures) })).filter(
    ({ value }) => !Number.isNaN(value),
  );
  if (measured.length === 0) return '';
  const rows = measured.map(({ target, value }) => {
    const digits = target.limit >= 10 ? 0 : 2;
    const sign = target.is === 'least' ? '≥' : '≤';
    const by = Math.round(Math.abs(1 - value / target.limit) * 100);
    const reached = isReached(target, value) ? 'yes' : `no, by ${by} %`;
    return [target.title, value.toFixed(digits), `${sign} ${target.limit}`, reached];
  });
  const missed = measured.filter(({ target, value }) => !isReached(target, value) && target.why !== '');
  const reasons = missed.map(({ target }) => `- ${target.title}: ${target.why}`);
  const parts = [table([['', 'measured', 'target', 'met'], ...rows])];
  if (reasons.length > 0) parts.push('Reasons for missed targets:', reasons.join('\n'));
  return parts.join('\n\n');
}
