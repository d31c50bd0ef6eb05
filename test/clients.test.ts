import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { CreateKeyDocument, RevokeKeyDocument } from './generated/graphql.ts';
import { expectType, request } from './schema/request.ts';
import { onEachDatabase } from './support/databases.ts';
import { outputPattern, readRecipes, type Step } from './support/recipes.ts';
import { initialized, openLoadBalancer, startServer } from './support/serve.ts';
import { ask } from './support/server.ts';
import { eventually } from './support/wait.ts';

const ROOT = join(import.meta.dirname, '..');
const DOCUMENT = readFileSync(join(ROOT, 'docs/clients.md'), 'utf8');
const LINES = DOCUMENT.split('\n');

const TSCONFIG = {
  compilerOptions: {
    target: 'es2023',
    lib: ['es2023'],
    module: 'esnext',
    moduleResolution: 'bundler',
    types: ['node'],
    strict: true,
    noUncheckedIndexedAccess: true,
    noUnusedLocals: true,
    resolveJsonModule: true,
    skipLibCheck: true,
    noEmit: true,
  },
};

/** The name of the file that a block is, as the line before it says: "`codegen.ts`:". Null for a block without. */
const fileOf = ({ line }: Step): string | null => /^`([\w.-]+)`:$/.exec(LINES[line - 4] ?? '')?.[1] ?? null;

const sectionsIn = (language: string) =>
  readRecipes(DOCUMENT, language).map(({ title, steps }) => ({
    title,
    name: title.toLowerCase().replaceAll(' ', '-'),
    files: steps.filter((step) => fileOf(step) !== null),
    steps: steps.filter((step) => fileOf(step) === null),
  }));

interface Program {
  readonly title: string;
  readonly file: string;
  /** What it prints before the subscription, and for its events. */
  readonly output: readonly string[];
  readonly events: readonly string[];
}

/** The module of each client: the blocks of its section, one after the other. */
const modules = [...sectionsIn('ts'), ...sectionsIn('sh')]
  .map(({ title, name, steps }) => {
    const outputs = steps.flatMap(({ output }) => (output === null ? [] : [output.split('\n')]));
    const text = steps.map(({ commands }) => commands).join('\n\n');
    const program: Program = {
      title,
      file: name,
      output: outputs.slice(0, -1).flat(),
      events: outputs.at(-1) ?? [],
    };
    return { ...program, file: `${name}.${title === 'curl' ? 'sh' : 'ts'}`, text };
  })
  .filter(({ events }) => events.length > 0);

/** The commands that set up the project: those whose output the document doesn't show. */
const commands = sectionsIn('sh').flatMap(({ title, steps }) => (title === 'curl' ? [] : steps));

/** Of each Relay configuration. */
const projects = new Map<object, string>();
afterAll(() => {
  for (const folder of projects.values()) rmSync(folder, { recursive: true, force: true });
});

/** A reader's project, set up and compiled as the document says. */
function setUp(url: string, relayConfig: object): string {
  const known = projects.get(relayConfig);
  if (known) return known;
  const folder = mkdtempSync(join(tmpdir(), 'clients-'));
  projects.set(relayConfig, folder);
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
  const copied = [...DOCUMENT.matchAll(/\]\(\.\.\/(examples\/[\w/-]+\/([\w-]+\.ts))\)/g)];
  for (const [, path = '', name = ''] of copied) copyFileSync(join(ROOT, path), join(folder, name));
  for (const language of ['ts', 'js', 'json', 'graphql'])
    for (const { files } of sectionsIn(language))
      for (const step of files) writeFileSync(join(folder, fileOf(step) ?? ''), `${step.commands}\n`);
  for (const { file, text } of modules) writeFileSync(join(folder, file), `${text}\n`);
  // Relay requires its manifest to exist.
  writeFileSync(join(folder, 'persisted.json'), '{}');
  const relayJson = join(folder, 'relay.config.json');
  writeFileSync(
    relayJson,
    JSON.stringify({ ...JSON.parse(readFileSync(relayJson, 'utf8')), ...relayConfig }),
  );
  const run = (program: string, ...args: string[]) => {
    try {
      execFileSync(program, args, {
        cwd: folder,
        env: { ...process.env, KEYWRIGHT_URL: url },
        encoding: 'utf8',
      });
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      throw new Error(`${program} ${args.join(' ')}\n${stdout}${stderr}`);
    }
  };
  for (const step of commands) run('bash', '-euo', 'pipefail', '-c', step.commands);
  run('node_modules/.bin/tsc');
  // As the bundler of a project does.
  const babel = createRequire(import.meta.url)('@babel/core');
  const relay = babel.transformFileSync(join(folder, 'relay.ts'), {
    plugins: ['@babel/plugin-syntax-typescript', ['babel-plugin-relay', { eagerEsModules: true }]],
  });
  writeFileSync(join(folder, 'relay.ts'), relay.code);
  return folder;
}

function runProgram(folder: string, file: string, env: Readonly<Record<string, string>>) {
  const [program, args] = file.endsWith('.sh')
    ? ['bash', ['-euo', 'pipefail', file]]
    : [process.execPath, ['--import', 'tsx', file]];
  const { PATH = '' } = process.env;
  const child = spawn(program, args, { cwd: folder, env: { PATH, ...env }, detached: true });
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      written[name] += text;
    });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  onTestFinished(async () => {
    try {
      process.kill(-Number(child.pid), 'SIGKILL');
    } catch {}
    await ended;
  });
  return {
    ended,
    /** Waits until it has printed so many lines. */
    prints: (count: number) =>
      eventually(
        () => {
          if (child.exitCode !== null) throw new Error(`It ended: ${written.stdout}${written.stderr}`);
          return written.stdout.split('\n').length > count;
        },
        { timeoutMs: 30_000 },
      ).catch((cause: unknown) => {
        throw new Error(`It did not print ${count} lines: ${written.stdout}${written.stderr}`, { cause });
      }),
    ...{ stdout: () => written.stdout, stderr: () => written.stderr },
  };
}

const AS_WRITTEN = {};
const PERSISTED = { persistConfig: { file: './persisted.json', algorithm: 'SHA256' } };

const cases = modules.map((program): [string, Program, object] => [program.title, program, AS_WRITTEN]);
for (const [title, program] of cases)
  if (title === 'Relay') cases.push(['Relay with persisted documents', program, PERSISTED]);

onEachDatabase('docs/clients.md', (engine) => {
  test.each(cases)(
    '%s retries, pages, reports errors, and receives each change once across a restart and until it is revoked',
    async (_title, { file, output, events }, relayConfig) => {
      const { env: plain, token } = await initialized(engine);
      let served = await startServer(plain);
      const folder = setUp(served.url, relayConfig);
      const env = {
        ...plain,
        ...(relayConfig === PERSISTED && { TRUSTED_DOCUMENTS: join(folder, 'persisted.json') }),
      };
      if (relayConfig === PERSISTED) {
        await served.stop();
        served = await startServer(env);
      }
      const create = async (name: string, input: object = {}, server = served) => {
        const { data } = await request(server, token, CreateKeyDocument, { input: { ...input, name } });
        return expectType(data.createApiKey, 'CreateApiKeyPayload');
      };
      const revoke = async ({ apiKey: { id } }: Awaited<ReturnType<typeof create>>) => {
        const { data } = await request(served, token, RevokeKeyDocument, { input: { id } });
        expectType(data.revokeApiKey, 'RevokeApiKeyPayload');
      };
      const client = await create('Client', { grants: ['api.key.view', 'api.key.create'] });
      for (const number of [1, 2, 3, 4, 5]) await create(`Key ${number}`);
      const balancer = await openLoadBalancer();
      balancer.lead(served);
      // It contains the variables, also without the document.
      balancer.loseResponse('Deploy');

      const secrets = { KEYWRIGHT_URL: balancer.url, KEYWRIGHT_TOKEN: client.secret };
      const program = runProgram(folder, file, secrets);
      const eventIs = (count: number) => program.prints(output.length + count);
      await eventIs(1);
      const one = await create('One');
      await eventIs(2);
      balancer.lead(null);
      await served.stop(engine === 'sqlite' ? 'SIGTERM' : 'SIGKILL');
      // By a server that the client is not led to.
      const away = await startServer(env);
      await create('Two', {}, away);
      await away.stop();
      served = await startServer(env);
      balancer.lead(served);
      await eventIs(3);
      await revoke(one);
      await eventIs(4);
      await revoke(client);
      expect(await program.ended, program.stderr()).toBe(0);
      // curl reports that it retries.
      if (file.endsWith('.ts')) expect(program.stderr()).toBe('');

      // The client may receive the revocation of its own key.
      const printed = program.stdout().replace(/^.*ApiKeyRevoked\W+.*Client.*\n/m, '');
      expect(printed, program.stderr()).toMatch(outputPattern([...output, ...events].join('\n')));
      expect(balancer.lostResponses()).toBe(1);
      const [secret = ''] = /kw_live_\w+/.exec(printed) ?? [];
      const verify =
        'mutation ($key: String!) { verifyApiKey(input: { key: $key }) { valid apiKey { name } } }';
      const { data } = await ask(served, verify, { token, variables: { key: secret } });
      expect(data.verifyApiKey).toEqual({ valid: true, apiKey: { name: 'Deploy' } });
    },
    120_000,
  );
});
