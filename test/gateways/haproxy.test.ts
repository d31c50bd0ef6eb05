import { join } from 'node:path';
import { describeGateway } from './gateway.ts';

describeGateway({
  name: 'haproxy',
  files: ['haproxy/haproxy.cfg', 'haproxy/keywright.lua'],
  adapt: (text, directory) => text.replace('/etc/haproxy/keywright.lua', join(directory, 'keywright.lua')),
  args: (directory) => ['-db', '-f', join(directory, 'haproxy.cfg')],
  unavailable: 503,
});
