import { MonitorSmartphone } from 'lucide-react';
import { useState } from 'react';
import { useDocument } from '../../api/use-document.ts';
import { useSubmit } from '../../api/use-submit.ts';
import { Card, LoadFault, Page, SkeletonRows } from '../../design/patterns/page.tsx';
import { useToast } from '../../design/patterns/toasts.tsx';
import { RevokeSessionDocument, SessionsDocument } from '../../generated/graphql.ts';
import { useSession, useViewer } from '../../viewer/session.tsx';
import { SessionRow } from './session-row.tsx';
import { SignOutEverywhere } from './sign-out-everywhere.tsx';

/** The viewer's sessions, with actions to revoke them. */
export function SessionsView() {
  const { email } = useViewer();
  const { signOut } = useSession();
  const toast = useToast();
  const [{ data, error, fetching }, reload] = useDocument(SessionsDocument, {});
  const { submit, busy, fault } = useSubmit(RevokeSessionDocument, (result) => result.revokeSession);
  const [ending, setEnding] = useState<string | null>(null);
  const sessions = data?.viewer.sessions ?? [];
  const refresh = () => reload({ requestPolicy: 'network-only' });
  const end = async (id: string, isCurrent: boolean) => {
    setEnding(id);
    if (isCurrent) await signOut().catch((reason: Error) => toast({ tone: 'danger', text: reason.message }));
    else if (await submit({ input: { id } })) toast({ text: 'Session revoked' });
    refresh();
  };
  return (
    <Page
      title="Sessions"
      description={`Where ${email} is signed in. A session expires 12 hours after its last use, or 30 days after signing in at the latest.`}
      actions={sessions.length > 1 && <SignOutEverywhere />}
    >
      {fault && (
        <p role="alert" className="rounded-lg bg-danger-soft px-3 py-2 text-danger">
          {fault.message}
        </p>
      )}
      <Card padded={false} className="overflow-clip">
        {error && <LoadFault message={error.message} retry={refresh} />}
        {fetching && sessions.length === 0 && <SkeletonRows count={2} />}
        <ul aria-label="Sessions">
          {sessions.map((session) => (
            <SessionRow
              key={session.id}
              session={session}
              busy={busy && ending === session.id}
              onEnd={() => void end(session.id, session.current)}
            />
          ))}
        </ul>
        {sessions.length === 1 && (
          <p className="flex items-center gap-2.5 border-t border-line px-4 py-3 text-soft">
            <MonitorSmartphone size={16} aria-hidden="true" />
            You have no other sessions.
          </p>
        )}
      </Card>
    </Page>
  );
}
