import type { AuditFactsFragment } from '../../generated/graphql.ts';
import { phraseOf } from './audit-actions.ts';
import { actorOf } from './audit-file.ts';
import { useName } from './names.tsx';

/** An entry as one sentence: who did what to which object. Within `Names`, objects have their current names. */
export function AuditSentence({ entry }: { readonly entry: AuditFactsFragment }) {
  const { action, actor, changes, targetId } = entry;
  const { words, names, tail } = phraseOf(action, changes, actor.__typename === 'SystemActor');
  const target = useName(targetId);
  return (
    <>
      <bdi className="font-medium">{actorOf(actor).name}</bdi> {words}
      {names && targetId && (
        <>
          {' '}
          <bdi className={target ? 'font-medium' : 'font-mono text-[0.8125rem] break-all'}>
            {target ?? targetId}
          </bdi>
        </>
      )}
      {tail}
    </>
  );
}
