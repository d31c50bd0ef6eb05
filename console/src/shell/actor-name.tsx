import { Link } from 'wouter';
import type { ActorNameFragment } from '../generated/graphql.ts';
import { useOpens } from './views.tsx';

/** An actor: a person, a key (linked), or a system. */
export function ActorName({ actor }: { readonly actor: ActorNameFragment }) {
  const opens = useOpens();
  if (actor.__typename === 'User') return <span title={actor.email}>{actor.displayName}</span>;
  if (actor.__typename === 'SystemActor')
    return <span className="font-mono text-[0.8125rem]">{actor.displayName}</span>;
  if (!opens('/keys/:keyId')) return <span>Key {actor.displayName}</span>;
  return (
    <Link href={`/keys/${actor.id}`} className="text-accent-strong hover:underline">
      Key {actor.displayName}
    </Link>
  );
}
