import { useEffect, useState } from 'react';
import { useQuery } from 'urql';
import { parsed } from '../../api/document.ts';
import {
  type KeyFactsFragment,
  PaletteKeysDocument,
  PalettePeopleDocument,
  type PalettePeopleQuery,
} from '../../generated/graphql.ts';
import { useOpens } from '../../shell/views.tsx';
import { useOrganization } from '../../viewer/organization.tsx';

const TYPING_MS = 150;

/** Characters of `start` after the environment. */
const START_LENGTH = 8;

type Person = NonNullable<NonNullable<PalettePeopleQuery['organization']>['members']>['nodes'][number];

/** What the server found for a text. */
export interface Found {
  readonly keys: readonly KeyFactsFragment[];
  readonly people: readonly Person[];
  readonly searching: boolean;
  readonly failed: boolean;
}

/** Keys and people that match the text, as far as the viewer may see them, after typing pauses. */
export function useFound(text: string): Found {
  const { id: organizationId } = useOrganization();
  const opens = useOpens();
  const wanted = withoutSecret(text.trim());
  const [search, setSearch] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setSearch(wanted), TYPING_MS);
    return () => clearTimeout(timer);
  }, [wanted]);
  const variables = { organizationId, search };
  const [mayKeys, mayPeople] = [opens('/keys/:keyId'), opens('/members')];
  const [keys] = useQuery({
    query: parsed(PaletteKeysDocument),
    variables,
    pause: search === '' || !mayKeys,
    requestPolicy: 'cache-and-network',
  });
  const [people] = useQuery({
    query: parsed(PalettePeopleDocument),
    variables,
    pause: search === '' || !mayPeople,
    requestPolicy: 'cache-and-network',
  });
  // Of another text, results would be run by mistake.
  const isCurrent = search === wanted && search !== '';
  return {
    keys: (isCurrent && mayKeys && !keys.stale && keys.data?.apiKeys?.nodes) || [],
    people: (isCurrent && mayPeople && !people.stale && people.data?.organization?.members?.nodes) || [],
    searching: wanted !== '' && (!isCurrent || keys.fetching || people.fetching),
    failed: isCurrent && Boolean((mayKeys && keys.error) || (mayPeople && people.error)),
  };
}

/** A whole secret, as somebody pastes it who found one: its start finds the key, and the rest is nobody's business. */
function withoutSecret(text: string): string {
  const environment = Math.max(text.indexOf('_live_'), text.indexOf('_test_'));
  const start = environment + '_live_'.length + START_LENGTH;
  return environment > 0 && text.length >= 2 * START_LENGTH + environment && !text.includes(' ')
    ? text.slice(0, start)
    : text;
}
