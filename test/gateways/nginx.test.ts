import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeGateway } from './gateway.ts';

describeGateway({
  name: 'nginx',
  files: ['nginx/keywright.conf'],
  args: (directory) => {
    const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (kind) => `${kind}_temp_path ${join(directory, kind)};`,
    );
    const main = `
      daemon off;
      worker_processes 2;
      pid ${join(directory, 'nginx.pid')};
      error_log stderr warn;
      events {}
      http {
        access_log off;
        ${paths.join('\n')}
        include ${join(directory, 'keywright.conf')};
      }`;
    // Workers of a server that root starts belong to nobody otherwise, who can't write here.
    const user = process.getuid?.() === 0 ? 'user root;' : '';
    writeFileSync(join(directory, 'nginx.conf'), user + main);
    return ['-p', directory, '-c', join(directory, 'nginx.conf'), '-e', 'stderr'];
  },
  allowPreflight: (text) => text.replace('&environment=live;', '&environment=live&preflight=allow;'),
  // nginx itself takes 8 KB a header (large_client_header_buffers).
  cookieBytes: 7_500,
  unavailable: 503,
});
