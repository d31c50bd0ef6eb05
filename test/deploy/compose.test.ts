import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '../../src/core/config/config.ts';
import { missingOf } from '../support/programs.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

interface Service {
  readonly image: string;
  readonly build?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly stop_grace_period?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>> | readonly string[];
  readonly healthcheck?: object;
}

const text = read('compose.yaml');
const { services, volumes } = parse(text, { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};
const servers = Object.entries(services).filter(([, { image }]) => image === 'keywright');
const [, docs = ''] =
  /^## Several servers with Docker\n([\s\S]*?)^## /m.exec(read('docs/operations.md')) ?? [];

/** What Compose makes of a value: a variable's default, or what .env has. */
function interpolated(value: string): string {
  return value.replace(/\$\{\w+:-([^}]*)\}/g, '$1').replace(/\$\{\w+:\?[^}]*\}/g, 'secret');
}

describe('compose.yaml', () => {
  test('has the services that docs/operations.md tells of', () => {
    const told = [...docs.matchAll(/^\| `([\w-]+)`(?:, `([\w-]+)`)? \|/gm)].flatMap(([, ...names]) =>
      names.filter((name) => name !== undefined),
    );
    expect(Object.keys(services).sort()).toEqual(told.sort());
  });

  test('runs two servers that may do no more than they have to', () => {
    expect(servers.map(([name]) => name)).toEqual(['keywright-1', 'keywright-2']);
    for (const [, server] of servers) {
      expect(server).toMatchObject({
        build: '.',
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
      expect(server.volumes).toBeUndefined();
      expect(server.ports).toBeUndefined();
      // The server finishes what runs within 10 seconds.
      expect(Number.parseInt(server.stop_grace_period ?? '0', 10)).toBeGreaterThan(10);
    }
  });

  test('sets what the servers take, and what docs/configuration.md explains', () => {
    for (const [, { environment = {} }] of servers) {
      for (const name of Object.keys(environment))
        expect(read('docs/configuration.md')).toContain(`\`${name}\``);
      const values = Object.entries(environment).map(([name, value]) => [name, interpolated(value)]);
      const config = parseConfig(Object.fromEntries(values));
      expect(config.metrics).toBe(true);
      expect(config.publicUrl).toBe('http://localhost:8080');
    }
  });

  test('leads the servers to services that are there, and waits until these answer', () => {
    for (const [, { environment = {}, depends_on = {} }] of servers) {
      const hosts = ['DATABASE_URL', 'REDIS_URL'].map(
        (name) => new URL(interpolated(environment[name] ?? '')).hostname,
      );
      expect(Object.entries(depends_on)).toEqual(
        hosts.map((host) => [host, { condition: 'service_healthy' }]),
      );
      for (const host of hosts) expect(services[host]?.healthcheck).toBeDefined();
      const { username, pathname } = new URL(interpolated(environment.DATABASE_URL ?? ''));
      expect(services.postgres?.environment).toMatchObject({
        POSTGRES_USER: username,
        POSTGRES_DB: pathname.slice(1),
        POSTGRES_PASSWORD: expect.stringMatching(/^\$\{POSTGRES_PASSWORD:\?/),
      });
    }
  });

  test('asks for no variable that docs/operations.md does not have people set', () => {
    const needed = [...text.matchAll(/\$\{(\w+):\?/g)].map(([, name = '']) => name);
    expect([...new Set(needed)]).toEqual(['POSTGRES_PASSWORD']);
    expect(docs).toContain('echo "POSTGRES_PASSWORD=');
  });

  test('mounts files and volumes that exist', () => {
    const mounts = Object.values(services).flatMap(({ volumes: mounted = [] }) => mounted);
    expect(mounts.length).toBeGreaterThan(0);
    for (const [source = ''] of mounts.map((mount) => mount.split(':'))) {
      if (source.startsWith('./')) expect(existsSync(join(ROOT, source)), source).toBe(true);
      else expect(Object.keys(volumes)).toContain(source);
    }
  });

  test('has Caddy spread requests over the servers, and only those, on the port that is told of', () => {
    const caddyfile = read('deploy/compose/Caddyfile');
    const targets = (port: number) => servers.map(([name]) => `${name}:${port}`).join(' ');
    expect([...caddyfile.matchAll(/reverse_proxy (.*) \{/g)].map(([, to]) => to)).toEqual([
      `/verify ${targets(4001)}`,
      targets(4000),
    ]);
    expect(services.caddy?.ports?.map(interpolated)).toEqual(['8080:8080']);
    expect(caddyfile).toMatch(/^:8080 \{$/m);
    expect(docs).toContain('on port 8080');
    expect(caddyfile).toContain('respond /metrics 404');
  });
});

const missing = missingOf('caddy');

describe.skipIf(missing)(`deploy/compose/Caddyfile${missing}`, () => {
  test('is one that Caddy takes', () => {
    const file = join(ROOT, 'deploy/compose/Caddyfile');
    const { status, stderr } = spawnSync('caddy', ['validate', '--adapter', 'caddyfile', '--config', file], {
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
  });
});
