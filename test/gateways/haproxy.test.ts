import { join } from 'node:path';
import { describeGateway } from './gateway.ts';

describeGateway({
  name: 'haproxy',
  files: ['haproxy/haproxy.cfg', 'haproxy/keywright.lua'],
  adapt: (text, directory) => text.replace('/etc/haproxy/keywright.lua', join(directory, 'keywright.lua')),
  args: (directory) => ['-db', '-f', join(directory, 'haproxy.cfg')],
  allowPreflight: (text) =>
    text
      .replace(/^ *http-request lua\.keywright \S+$/m, '')
      .replace(/^ *# ((?:acl|http-request lua\.keywright .* unless) .*)$/gm, '    $1'),
  cookieBytes: 20_000,
  unavailable: 503,
});
