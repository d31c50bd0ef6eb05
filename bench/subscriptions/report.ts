import { type Figures, median, ratioOf, table } from '../figures.ts';

const PLAIN = 'yoga + graphql-ws';

/** The results as tables, next to the targets. */
export function report(figures: Figures): string {
  const of = (key: string): number[] => figures.get(key) ?? [];
  const number = (key: string, digits = 0): string => {
    const value = median(of(key));
    return Number.isNaN(value) ? '–' : value.toLocaleString('en', { maximumFractionDigits: digits });
  };
  const ratio = (one: string, to: string): string => {
    const value = ratioOf(figures, one, to);
    return Number.isNaN(value) ? '–' : value.toFixed(2);
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
    'ws, prebuilt frame',
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
    'Messages delivered per second to 1,000 subscribers:',
    table([
      ['', ...servers, 'target'],
      rated('one document', '≥ 0.8 of ws, ≥ 7 × yoga'),
      rated('50 documents', '≥ 0.5 of ws'),
      rated('one of 1,000', '≥ 2 × yoga'),
    ]),
    `Upper bound: bare \`ws\` reaches ${ratio('one document: ws, send: rate', `one document: ${PLAIN}: rate`)} × yoga, and ${ratio('one document: ws, frame: rate', `one document: ${PLAIN}: rate`)} × with prebuilt frames. Most of its cost, and of Keywright’s, is one system call per message.`,
    'CPU time per message, µs, which other programs disturb less. The ratios tell how many times as many messages Keywright could deliver:',
    table([['', ...servers], cost('one document'), cost('50 documents'), cost('one of 1,000')]),
    'Latency from publication to receipt at 10,000 messages per second (10 events to 1,000 subscribers), in milliseconds:',
    table([['', 'ws, `send`', 'Keywright', 'ratio', 'target'], delay('p50'), delay('p99')]),
    'Resident memory per idle subscriber, with 5,000 of them, KB:',
    table([
      ['', 'ws', PLAIN, 'Keywright', 'target'],
      ['', kilobytes('ws, send'), kilobytes(PLAIN), kilobytes('Keywright'), '≤ 16'],
    ]),
    'Latency from a revocation to its event at the last of 1,000 subscribers, in milliseconds:',
    table([
      ['', 'p50', 'p99', 'target'],
      [
        'after the commit',
        ...['p50', 'p99'].map((p) => number(`revocation: Keywright: ${p} from commit`, 1)),
        'p99 ≤ 100',
      ],
      [
        'after the response',
        ...['p50', 'p99'].map((p) => number(`revocation: Keywright: ${p} from answer`, 1)),
        '',
      ],
    ]),
  ].join('\n\n');
}
