import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** The values of all rounds, by `scenario: server: unit`. */
export type Figures = Map<string, number[]>;

const PLAIN = 'yoga + graphql-ws';

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}

/** The figures as tables, with the targets beside them. */
export function report(figures: Figures): string {
  const of = (key: string): number[] => figures.get(key) ?? [];
  const number = (key: string, digits = 0): string => {
    const value = median(of(key));
    return Number.isNaN(value) ? '–' : value.toLocaleString('en', { maximumFractionDigits: digits });
  };
  /** Of each round one, so that what disturbed a round disturbed both sides of it. */
  const ratio = (of1: string, to: string): string => {
    const other = of(to);
    const ratios = of(of1).map((value, round) => value / (other[round] ?? Number.NaN));
    return ratios.length ? median(ratios).toFixed(2) : '–';
  };
  const rows = (table: readonly (readonly string[])[]): string => {
    const [head = [], ...body] = table;
    const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
    return [line(head), line(head.map((_, at) => (at ? '---:' : '---'))), ...body.map(line)].join('\n');
  };

  const rated = (scenario: string, target: string): string[] => [
    `${scenario}`,
    ...['ws, send', 'ws, frame', PLAIN, 'Keywright'].map((server) => number(`${scenario}: ${server}: rate`)),
    ratio(`${scenario}: Keywright: rate`, `${scenario}: ws, send: rate`),
    ratio(`${scenario}: Keywright: rate`, `${scenario}: ${PLAIN}: rate`),
    target,
  ];
  const cost = (scenario: string): string[] => [
    `${scenario}`,
    ...['ws, send', 'ws, frame', PLAIN, 'Keywright'].map((server) =>
      number(`${scenario}: ${server}: cost`, 1),
    ),
    ratio(`${scenario}: ws, send: cost`, `${scenario}: Keywright: cost`),
    ratio(`${scenario}: ${PLAIN}: cost`, `${scenario}: Keywright: cost`),
  ];
  const servers = [
    'ws, `send`',
    'ws, ready frame',
    'yoga + graphql-ws',
    'Keywright',
    '÷ ws `send`',
    '÷ yoga',
  ];
  const delay = (name: string): string[] => [
    name,
    number(`delay: ws, send: ${name}`, 2),
    number(`delay: Keywright: ${name}`, 2),
    ratio(`delay: Keywright: ${name}`, `delay: ws, send: ${name}`),
    name === 'p99' ? '≤ 1.5' : '',
  ];
  const kilobytes = (server: string): string => (median(of(`memory: ${server}: bytes`)) / 1_024).toFixed(1);
  return [
    'Messages delivered in a second, 1,000 subscribers:',
    rows([
      ['', ...servers, 'to reach'],
      rated('one document', '≥ 0.8 of ws, ≥ 7 × yoga'),
      rated('50 documents', '≥ 0.5 of ws'),
      rated('one of 1,000', '≥ 2 × yoga'),
    ]),
    `The most that can be had: bare \`ws\` makes ${ratio('one document: ws, send: rate', `one document: ${PLAIN}: rate`)} × yoga, with a ready frame ${ratio('one document: ws, frame: rate', `one document: ${PLAIN}: rate`)} ×. A system call for each message is most of the cost of both, and of ours.`,
    'What a message costs the server, microseconds of its processor, which neighbours disturb less; the ratios say the same, how much more it could deliver:',
    rows([['', ...servers], cost('one document'), cost('50 documents'), cost('one of 1,000')]),
    'From publication to receipt, 10,000 messages a second (10 events to 1,000 subscribers), milliseconds:',
    rows([['', 'ws, `send`', 'Keywright', 'ratio', 'to reach'], delay('p50'), delay('p99')]),
    'Resident memory for each of 5,000 subscribers that wait, KB:',
    rows([
      ['', 'ws', PLAIN, 'Keywright', 'to reach'],
      ['', kilobytes('ws, send'), kilobytes(PLAIN), kilobytes('Keywright'), '≤ 16'],
    ]),
    'From a revocation to its event at the last of 1,000 subscribers, milliseconds:',
    rows([
      ['', 'p50', 'p99', 'to reach'],
      [
        'after the commit',
        ...['p50', 'p99'].map((p) => number(`revocation: Keywright: ${p} from commit`, 1)),
        'p99 ≤ 100',
      ],
      [
        'after the answer',
        ...['p50', 'p99'].map((p) => number(`revocation: Keywright: ${p} from answer`, 1)),
        '',
      ],
    ]),
  ].join('\n\n');
}

/** Puts a section into a file in place of the one with that title, or at the end. */
export function writeSection(path: string, title: string, text: string): void {
  const old = existsSync(path) ? readFileSync(path, 'utf8') : '# Results\n';
  const sections = old.split(/^(?=## )/m);
  const at = sections.findIndex((section) => section.startsWith(`## ${title}\n`));
  const section = `## ${title}\n\n${text}\n`;
  if (at >= 0) sections[at] = at === sections.length - 1 ? section : `${section}\n`;
  else sections.push(section);
  const joined = sections.map((one, index) => (index === sections.length - 1 ? one : `${one.trimEnd()}\n\n`));
  writeFileSync(path, joined.join(''));
}
