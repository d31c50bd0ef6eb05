import { join } from 'node:path';
import { describeGateway } from './gateway.ts';

describeGateway({
  name: 'caddy',
  files: ['caddy/Caddyfile'],
  adapt: (text) => {
    const site = text.replace(/^127[\d.]+(:\d+) \{/m, '$1 {');
    return `{\n\tadmin off\n\tauto_https off\n\tdefault_bind 127.0.0.1\n}\n\n${site}`;
  },
  args: (directory) => ['run', '--adapter', 'caddyfile', '--config', join(directory, 'Caddyfile')],
  allowPreflight: (text) => text.replace('&environment=live', '&environment=live&preflight=allow'),
  cookieBytes: 20_000,
  unavailable: 502,
});
