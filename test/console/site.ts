import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { inject, onTestFinished } from 'vitest';
import { type Child, readyAt, run } from '../cli/run.ts';
import { ask } from '../support/server.ts';
import { type BrowserOptions, openBrowser } from './browser.ts';

/** Somebody who can sign in to the site. */
export interface SitePerson {
  readonly organizationId: string;
  readonly organizationName: string;
  readonly email: string;
  /** For requests of the test itself. */
  readonly sessionToken: string;
}

/** What was built before the tests began: later changes of the sources don't build anew in the middle of them. */
const PROGRAM = join(import.meta.dirname, '../../dist/keywright.js');

let sites = 0;

/** A server as a user starts it, on a file of its own, with the console that was built. */
export class Site {
  readonly env: Readonly<Record<string, string>>;
  /** Where browsers reach it. */
  url = '';
  #port = '0';
  #publicUrl: string | null = null;
  #child: Child | null = null;

  constructor(env: Readonly<Record<string, string>> = {}) {
    sites += 1;
    const file = join(inject('testRun').directory, `console-${process.pid}-${sites}.db`);
    this.env = {
      DATABASE_URL: `sqlite:${file}`,
      LOG_LEVEL: 'error',
      USAGE_FLUSH_MS: '50',
      VERIFY_PORT: 'off',
      ...env,
    };
  }

  /** The port that it listens at, once it has started. */
  get port(): number {
    return Number(this.#port);
  }

  /** Starts the server; after a stop, at the same address. It ends with the test. */
  async start(): Promise<void> {
    const env = { ...this.env, ...(this.#publicUrl && { PUBLIC_URL: this.#publicUrl }) };
    this.#child = serve(env, this.#port);
    const own = await readyAt(this.#child);
    this.#port = new URL(own).port;
    this.url = this.#publicUrl ?? own;
  }

  /** Starts it anew, to be reached by way of a proxy. */
  async moveBehind(publicUrl: string): Promise<void> {
    await this.stop();
    this.#publicUrl = publicUrl.replace(/\/$/, '');
    await this.start();
  }

  /** Stops the server as an operator does, and waits until it has ended. */
  async stop(): Promise<void> {
    this.#child?.process.kill('SIGTERM');
    await this.#child?.ended;
    this.#child = null;
  }

  /** Makes an organization with its owner. */
  async found(organizationName = 'Acme', email = 'ada@example.com'): Promise<SitePerson> {
    const named = ['--organization', organizationName, '--email', email, '--name', nameOf(email)];
    const { stdout, stderr, code } = await run(this.env, 'init', ...named, '--json');
    if (code !== 0) throw new Error(stderr);
    const { organizationId, sessionToken } = JSON.parse(stdout) as SitePerson;
    return { organizationId, organizationName, email, sessionToken };
  }

  /** Opens a browser of its own and signs the person in by a one-time link; then opens the keys, if the person may see them. */
  async signIn(person: Pick<SitePerson, 'email'>, options: BrowserOptions = {}): Promise<Page> {
    const page = await this.signInAtHome(person, options);
    await page.locator('nav[aria-label=Views] a').first().waitFor({ state: 'attached' });
    const keys = page.locator('nav[aria-label=Views] a[href$="/keys"]');
    if ((await keys.count()) > 0) await page.goto(new URL(page.url()).href.replace(/\/[^/]*$/, '/keys'));
    return page;
  }

  /** The same, but stays where a sign-in leads to. */
  async signInAtHome({ email }: Pick<SitePerson, 'email'>, options: BrowserOptions = {}): Promise<Page> {
    const page = await openBrowser(options);
    await page.goto(await this.linkFor(email));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(`${this.url}/o/*/*`);
    return page;
  }

  /** A one-time sign-in link at this site. */
  async linkFor(email: string): Promise<string> {
    const { stdout, stderr } = await run({ ...this.env, PUBLIC_URL: this.url }, 'sign-in-link', email);
    const link = /https?:\S+/.exec(stdout)?.[0];
    if (!link) throw new Error(stderr);
    return link;
  }

  /** Sends an operation as this person, past the console; throws where it has errors. */
  async ask(
    { sessionToken }: SitePerson,
    query: string,
    variables: Record<string, unknown> = {},
    url = this.url,
  ) {
    const { data, errors } = await ask({ url }, query, { token: sessionToken, variables });
    if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'));
    return data;
  }

  /** Makes a key past the console; at the server's own address, where `url` says so. */
  async makeKey(
    person: SitePerson,
    input: { readonly name: string; readonly [field: string]: unknown },
    url = this.url,
  ): Promise<{ id: string; secret: string }> {
    const { createApiKey } = await this.ask(
      person,
      `mutation ($input: CreateApiKeyInput!) {
        createApiKey(input: $input) { ... on CreateApiKeyPayload { secret apiKey { id } } ... on Error { message } }
      }`,
      { input: { organizationId: person.organizationId, ...input } },
      url,
    );
    if (!createApiKey.apiKey) throw new Error(createApiKey.message);
    return { id: createApiKey.apiKey.id, secret: createApiKey.secret };
  }

  /** Presents a secret as a gateway does; gives the status. */
  async present(secret: string, query = ''): Promise<number> {
    const headers = { Authorization: `Bearer ${secret}` };
    return (await fetch(`${this.url}/verify${query}`, { headers })).status;
  }
}

/** A site that runs, and is stopped with the test. */
export async function startSite(env: Readonly<Record<string, string>> = {}): Promise<Site> {
  const site = new Site(env);
  await site.start();
  onTestFinished(() => site.stop());
  return site;
}

function nameOf(email: string): string {
  const [local = ''] = email.split('@');
  return local.charAt(0).toUpperCase() + local.slice(1);
}

function serve(env: Readonly<Record<string, string>>, port: string): Child {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [PROGRAM, 'serve', '--port', port], { env: { PATH, ...env } });
  const written = { stdout: '', stderr: '' };
  child.stdout.on('data', (text) => {
    written.stdout += text;
  });
  child.stderr.on('data', (text) => {
    written.stderr += text;
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { process: child, stdout: () => written.stdout, stderr: () => written.stderr, ended };
}
