/** A block of commands, and what the document says it prints. */
export interface Step {
  readonly commands: string;
  /** The line of the document at which the commands begin. */
  readonly line: number;
  /** Null: it says nothing. */
  readonly output: string | null;
}

/** A section of the document. */
export interface Recipe {
  readonly title: string;
  readonly steps: readonly Step[];
}

const FENCE = /^```(\w*)$/;

/** The sections of a Markdown document with blocks in a language, each with the block of `text` that may follow. */
export function readRecipes(document: string, wanted = 'sh'): Recipe[] {
  const recipes: { title: string; steps: { commands: string; line: number; output: string | null }[] }[] = [];
  const lines = document.split('\n');
  let previous = '';
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const title = /^## (.+)$/.exec(line)?.[1];
    if (title !== undefined) recipes.push({ title, steps: [] });
    const language = FENCE.exec(line)?.[1];
    if (language === undefined) continue;
    const end = lines.indexOf('```', at + 1);
    if (end < 0) throw new Error(`The block of line ${at + 1} does not end`);
    const text = lines.slice(at + 1, end).join('\n');
    const steps = recipes.at(-1)?.steps ?? [];
    if (language === wanted) steps.push({ commands: text, line: at + 2, output: null });
    const last = steps.at(-1);
    if (language === 'text' && last && previous === wanted) last.output = text;
    previous = language;
    at = end;
  }
  return recipes.filter(({ steps }) => steps.length > 0);
}

/** What a block's output must look like: `…` is anything on its line, and how many spaces stand in a row is not compared. */
export function outputPattern(output: string): RegExp {
  const lines = output.split('\n').map((line) =>
    line
      .trim()
      .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replace(/…/g, '.*')
      .replace(/ +/g, ' +'),
  );
  return new RegExp(`^${lines.map((line) => ` *${line} *`).join('\\n')}\\n*$`);
}
