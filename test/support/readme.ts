import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Child, readyAt, start } from '../cli/run.ts';
import { freePort } from '../gateways/program.ts';
import { readRecipes, type Step } from './recipes.ts';
import { cloneFolder, openTerminal, type Terminal } from './terminal.ts';

const ROOT = join(import.meta.dirname, '../..');

/** A reader of README.md, or another page, in a fresh clone whose server has started on an empty database. */
export interface Reader {
  readonly server: Child;
  readonly url: string;
  readonly env: Readonly<Record<string, string>>;
  /** The blocks of commands of a section, with ports of this reader alone. */
  steps(title: string): readonly Step[];
  /** A text with ports of this reader alone. */
  own(text: string): string;
  open(): Terminal;
}

/** Starts the server as the reader does. It ends with the test. */
export async function readerOfReadme(page = 'README.md'): Promise<Reader> {
  const folder = cloneFolder();
  const ports = new Map<string, number>();
  for (const port of ['3000', '4000', '4001', '8000', '8080']) ports.set(port, await freePort());
  const own = (text: string) =>
    text.replace(
      /(:|listen\(|PORT=)(3000|4000|4001|8000|8080)\b/g,
      (_all, before, port) => `${before}${ports.get(port)}`,
    );
  rmSync(join(folder, 'deploy'));
  cpSync(join(ROOT, 'deploy'), join(folder, 'deploy'), { recursive: true });
  const caddyfile = join(folder, 'deploy/caddy/Caddyfile');
  writeFileSync(caddyfile, own(readFileSync(caddyfile, 'utf8')));
  const env = {
    DATABASE_URL: `sqlite:${join(folder, 'data/keywright.db')}`,
    PORT: String(ports.get('4000')),
    VERIFY_PORT: String(ports.get('4001')),
    LOG_LEVEL: 'warn',
  };
  const server = start(env, 'serve');
  const url = await readyAt(server);
  const sections = readRecipes(readFileSync(join(ROOT, page), 'utf8'));
  return {
    server,
    url,
    env: { ...env, KEYWRIGHT_URL: url },
    steps: (title) => {
      const steps = sections.find((section) => section.title === title)?.steps ?? [];
      if (steps.length === 0) throw new Error(`${page} has no commands in the section ${title}`);
      return steps.map((step) => ({ ...step, commands: own(step.commands) }));
    },
    own,
    open: () => openTerminal(folder, { ...env, KEYWRIGHT_URL: url }),
  };
}
