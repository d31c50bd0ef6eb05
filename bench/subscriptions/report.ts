import { type Figures, median, ratioOf, table } from '../figures.ts';

const PLAIN = 'yoga + graphql-ws';

/** The figures as tables, with the targets beside them. */
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
    table([
      ['', ...servers, 'to reach'],
      rated('one document', '≥ 0.8 of ws, ≥ 7 × yoga'),
      rated('50 documents', '≥ 0.5 of ws'),
      rated('one of 1,000', '≥ 2 × yoga'),
    ]),
    `The most that can be had: bare \`ws\` makes ${ratio('one document: ws, send: rate', `one document: ${PLAIN}: rate`)} × yoga, with a ready frame ${ratio('one document: ws, frame: rate', `one document: ${PLAIN}: rate`)} ×. A system call for each message is most of the cost of both, and of ours.`,
    'What a message costs the server, microseconds of its processor, which neighbours disturb less; the ratios say the same, how much more it could deliver:',
    table([['', ...servers], cost('one document'), cost('50 documents'), cost('one of 1,000')]),
    'From publication to receipt, 10,000 messages a second (10 events to 1,000 subscribers), milliseconds:',
    table([['', 'ws, `send`', 'Keywright', 'ratio', 'to reach'], delay('p50'), delay('p99')]),
    'Resident memory for each of 5,000 subscribers that wait, KB:',
    table([
      ['', 'ws', PLAIN, 'Keywright', 'to reach'],
      ['', kilobytes('ws, send'), kilobytes(PLAIN), kilobytes('Keywright'), '≤ 16'],
    ]),
    'From a revocation to its event at the last of 1,000 subscribers, milliseconds:',
    table([
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
