import { ShieldCheck } from 'lucide-react';
import { CopyButton } from '../../design/patterns/copy-button.tsx';
import { EmptyState } from '../../design/patterns/page.tsx';
import { Scrolling } from '../../design/primitives/scrolling.tsx';
import { useOrganization } from '../../viewer/organization.tsx';

/** Empty state: explains how to test it. */
export function NoDenials() {
  const { id } = useOrganization();
  const command = `curl -H 'Authorization: Bearer made-up' '${location.origin}/verify?organization=${id}'`;
  return (
    <EmptyState icon={ShieldCheck} title="No denied verifications yet">
      <p>Attempts appear automatically. To see one, present a key that doesn’t exist:</p>
      <div className="mt-3 flex items-center gap-1 rounded-lg bg-hover pr-1.5 text-left">
        <Scrolling label="Command" className="min-w-0 grow">
          <pre className="w-max px-3 py-2.5 font-mono text-xs text-text">{command}</pre>
        </Scrolling>
        <CopyButton text={command} name="command" />
      </div>
      <p className="mt-3">
        Attempts with unknown keys are reported if the gateway sends its organization, as this command does.
      </p>
    </EmptyState>
  );
}
