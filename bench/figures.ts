import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** The values of all rounds, by `scenario: server: unit`. */
export type Figures = Map<string, number[]>;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}

/** The median of the ratios in each round, so that a disturbance of a round affects both sides. NaN without values. */
export function ratioOf(figures: Figures, one: string, to: string): number {
  const other = figures.get(to) ?? [];
  return median((figures.get(one) ?? []).map((value, round) => value / (other[round] ?? Number.NaN)));
}

/** Rows of cells as a Markdown table. The first row is the header. */
export function table(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows;
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, at) => (at ? '---:' : '---'))), ...body.map(line)].join('\n');
}

/** Replaces the section with that title in a file, or appends it. */
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
