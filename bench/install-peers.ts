import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder of the software that Keywright is compared with, or that it imports from. */
export const peersFolder = fileURLToPath(new URL('./peers', import.meta.url));

/** Installs the peers if they are missing. */
export function installPeers(): void {
  if (existsSync(`${peersFolder}/node_modules/mercurius`)) return;
  console.log('Installing bench/peers …');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: peersFolder,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('The peers could not be installed: npm ci in bench/peers');
}
