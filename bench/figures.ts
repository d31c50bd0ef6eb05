import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** The values of all rounds, by `scenario: server: unit`. */
export type Figures = Map<string, number[]>;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}

/** The median of the ratios of each round, so that what disturbed a round disturbed both sides of it; NaN without values. */
export function ratioOf(figures: Figures, one: string, to: string): number {
  const other = figures.get(to) ?? [];
  return median((figures.get(one) ?? []).map((value, round) => value / (other[round] ?? Number.NaN)));
}

/** Rows of cells as a table in Markdown, the first row its head. */
export function table(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows;
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, at) => (at ? '---:' : '---'))), ...body.map(line)].join('\n');
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
