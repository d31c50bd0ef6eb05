import { useEffect, useState } from 'react';
import { useRefreshed } from '../../api/use-refreshed.ts';
import { Checklist, type ChecklistStep } from '../../design/patterns/checklist.tsx';
import { CopyButton } from '../../design/patterns/copy-button.tsx';
import { Button, ButtonLink } from '../../design/primitives/button.tsx';
import { Scrolling } from '../../design/primitives/scrolling.tsx';
import { FirstStepsDocument, FirstUsesDocument } from '../../generated/graphql.ts';
import { useFollowed } from '../../live/use-followed.ts';
import { useCan, useOrganization } from '../../viewer/organization.tsx';
import { useAnswers } from './first-steps-state.ts';
import { TEXTS } from './texts.ts';

/** Members and verifiers have no events, so they are requested this often while steps are open, milliseconds. */
const EVERY_MS = 4_000;

/** An organization with more keys is no beginner's. */
const KEYS_MAX = 5;

const texts = TEXTS.steps;

/** The steps from an empty organization to a protected API, ticked by what the server knows as it happens. */
export function FirstSteps() {
  const { id } = useOrganization();
  const can = useCan();
  const [answers, answer] = useAnswers(id);
  // Decided once, when the facts are known: what is completed here stays, and says so.
  const [isNeeded, setNeeded] = useState(true);
  if (
    !isNeeded ||
    answers.dismissed ||
    !can('api.key.create') ||
    !can('api.key.view') ||
    !can('organization.view')
  )
    return null;
  return (
    <OpenSteps
      isMarked={answers.isProtected ?? false}
      mark={(isProtected) => answer({ isProtected })}
      dismiss={() => answer({ dismissed: true })}
      notNeeded={() => setNeeded(false)}
    />
  );
}

function OpenSteps({
  isMarked,
  mark,
  dismiss,
  notNeeded,
}: {
  readonly isMarked: boolean;
  mark(isProtected: boolean): void;
  dismiss(): void;
  /** Called if there is nothing to lead through: nothing is watched any longer. */
  notNeeded(): void;
}) {
  const can = useCan();
  const withMembers = can('member.view') && can('member.manage') && can('role.view');
  const facts = useFacts(withMembers);
  const [isShown, setShown] = useState(false);
  const isDone = facts?.verified && (facts.embedded || isMarked) && facts.invited;
  const isFresh = facts && facts.keys <= KEYS_MAX && !isDone;
  useEffect(() => {
    if (!facts || isShown) return;
    if (isFresh) setShown(true);
    else notNeeded();
  }, [facts, isShown, isFresh, notNeeded]);
  if (!facts || !isShown) return null;
  const steps: readonly (ChecklistStep | false)[] = [
    {
      id: 'create',
      title: texts.create,
      done: facts.keys > 0,
      content: (
        <Step text={texts.createMeaning}>
          <ButtonLink to="/keys/new">{texts.create}</ButtonLink>
        </Step>
      ),
    },
    { id: 'verify', title: texts.verify, done: facts.verified, content: <Verify /> },
    {
      id: 'protect',
      title: texts.protect,
      done: facts.embedded || isMarked,
      content: (
        <Step text={texts.protectMeaning}>
          {!facts.embedded && !isMarked && <Button onClick={() => mark(true)}>{texts.protectMark}</Button>}
          {!facts.embedded && isMarked && (
            <span className="flex flex-wrap items-center gap-2 text-soft">
              {texts.protectMarked}
              <Button size="small" onClick={() => mark(false)}>
                {texts.protectUnmark}
              </Button>
            </span>
          )}
        </Step>
      ),
    },
    withMembers && {
      id: 'invite',
      title: texts.invite,
      done: facts.invited,
      content: (
        <Step text={texts.inviteMeaning}>
          <ButtonLink to="/members">{texts.inviteLink}</ButtonLink>
        </Step>
      ),
    },
  ];
  return <Checklist title={texts.title} steps={steps.filter((step) => step !== false)} onDismiss={dismiss} />;
}

interface Facts {
  /** Number of keys that were ever created. */
  readonly keys: number;
  /** Whether a key was ever accepted. */
  readonly verified: boolean;
  /** Whether a verifier in an API is connected. */
  readonly embedded: boolean;
  /** Whether somebody else belongs to the organization or is invited. True if the viewer can't see members. */
  readonly invited: boolean;
}

/** What has happened, as it happens. Null until it is known. */
function useFacts(withMembers: boolean): Facts | null {
  const { id: organizationId, events } = useOrganization();
  const [seen, setSeen] = useState(false);
  const [{ data }, reload] = useRefreshed(
    FirstStepsDocument,
    { organizationId, withMembers },
    { everyMs: EVERY_MS },
  );
  useEffect(() => events.onChange(() => reload({ requestPolicy: 'network-only' })), [events, reload]);
  // The server saves uses some time after it reports them.
  useFollowed(FirstUsesDocument, { organizationId }, { next: () => setSeen(true) });
  const [last, setLast] = useState<Facts | null>(null);
  const summary = data?.organization?.keySummary;
  const facts = summary && {
    keys: summary.active + summary.disabled + summary.expired + summary.revoked,
    verified: seen || Boolean(data?.apiKeys?.nodes[0]?.lastUsedAt),
    embedded: data?.organization?.verifiers?.some(({ kind }) => kind === 'EMBEDDED') ?? false,
    invited: !withMembers || (data?.organization?.members?.nodes.length ?? 0) > 1,
  };
  const written = JSON.stringify(facts ?? null);
  useEffect(() => {
    const read = JSON.parse(written) as Facts | null;
    if (read) setLast(read);
  }, [written]);
  return facts ?? last;
}

function Step({ text, children }: { readonly text: string; readonly children: React.ReactNode }) {
  return (
    <div className="flex flex-col items-start gap-3">
      <p className="max-w-prose text-soft">{text}</p>
      {children}
    </div>
  );
}

function Verify() {
  const { id } = useOrganization();
  const command = verifyCommand(location.origin, id);
  return (
    <Step text={texts.verifyMeaning}>
      <div className="flex w-full max-w-full items-center gap-1 rounded-lg bg-hover pr-1.5">
        <Scrolling label="Command" className="min-w-0 grow">
          <pre className="w-max px-3 py-2.5 font-mono text-xs">{command}</pre>
        </Scrolling>
        <CopyButton text={command} name="command" />
      </div>
    </Step>
  );
}

/** Asks for the secret, so that it is in no history of a shell. One line: `read` would take the next one. */
function verifyCommand(server: string, organizationId: string): string {
  return `printf 'Secret: '; read -r KEY; curl -i -H "Authorization: Bearer $KEY" '${server}/verify?organization=${organizationId}'`;
}
