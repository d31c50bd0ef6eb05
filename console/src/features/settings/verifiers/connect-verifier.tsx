import { Radio } from 'lucide-react';
import { CopyButton } from '../../../design/patterns/copy-button.tsx';
import { EmptyState } from '../../../design/patterns/page.tsx';
import { Scrolling } from '../../../design/primitives/scrolling.tsx';

/** Empty state: explains how to connect an embedded verifier. */
export function ConnectVerifier() {
  const code = `import { createVerifier } from '@keywright/verifier';

const verifier = createVerifier({
  url: '${location.origin}',
  token: process.env.KEYWRIGHT_TOKEN,
});
await verifier.ready();`;
  return (
    <EmptyState icon={Radio} title="No embedded verifiers connected">
      <p>
        An embedded verifier verifies keys inside your API, without a request to Keywright. It appears here
        once it is connected. Create a key with the permission{' '}
        <code className="font-mono">api.key.verify</code> as its token:
      </p>
      <div className="mt-3 flex items-start gap-1 rounded-lg bg-hover pr-1.5 text-left">
        <Scrolling label="Code" className="min-w-0 grow">
          <pre className="w-max px-3 py-2.5 font-mono text-xs text-text">{code}</pre>
        </Scrolling>
        <CopyButton text={code} name="code" />
      </div>
      <p className="mt-3">
        The README of <code className="font-mono">@keywright/verifier</code> shows the middlewares for
        Express, Fastify, Hono and others.
      </p>
    </EmptyState>
  );
}
