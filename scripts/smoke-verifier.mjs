import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Loads the package that is installed in the current folder, and uses what works without a server. */
const require = createRequire(join(process.cwd(), 'smoke.mjs'));
const load = (name) => import(pathToFileURL(require.resolve(name)).href);

const { createVerifier, VerifierUnavailableError } = await load('@keywright/verifier');
for (const name of ['express', 'fastify', 'graphql-yoga', 'hono', 'node']) {
  const { keywright } = await load(`@keywright/verifier/${name}`);
  if (typeof keywright !== 'function') throw new Error(`@keywright/verifier/${name} exports no function`);
}
const verifier = createVerifier({ url: 'http://127.0.0.1:1', token: 'none', timeoutMs: 1_000 });
const { code } = await verifier.verify('not a key');
if (code !== 'MALFORMED') throw new Error(`The verdict is ${code}`);
const error = await verifier.ready().catch((reason) => reason);
if (!(error instanceof VerifierUnavailableError)) throw new Error('The verifier is ready without a server');
await verifier.stop();
console.log(`@keywright/verifier works on Node.js ${process.version}: ${error.message}`);
