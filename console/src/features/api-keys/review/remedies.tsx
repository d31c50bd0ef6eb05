import { Button, ButtonLink } from '../../../design/primitives/button.tsx';
import type { KeyFactsFragment } from '../../../generated/graphql.ts';
import { useOpens } from '../../../shell/views.tsx';
import { useBeyond, useCan } from '../../../viewer/organization.tsx';
import type { Remedy } from './concerns.tsx';

/** Remedies that open a dialog. */
export interface Chosen {
  readonly remedy: 'extend' | 'revoke';
  readonly apiKey: KeyFactsFragment;
}

/** A key's remedies that the viewer is allowed to use. */
export function Remedies({
  apiKey,
  remedies,
  onChoose,
}: {
  readonly apiKey: KeyFactsFragment;
  readonly remedies: readonly Remedy[];
  onChoose(chosen: Chosen): void;
}) {
  const isAllowed = useAllowed(apiKey);
  const { id, name } = apiKey;
  const about = <span className="sr-only"> “{name}”</span>;
  const offered = remedies.filter(isAllowed);
  if (offered.length === 0) return null;
  return (
    <div className="flex shrink-0 gap-2">
      {offered.map((remedy) => {
        if (remedy === 'rotate')
          return (
            <ButtonLink key={remedy} size="small" to={`/keys/${id}/rotate`}>
              Rotate{about}
            </ButtonLink>
          );
        return (
          <Button
            key={remedy}
            size="small"
            look={remedy === 'revoke' && offered.length > 1 ? 'quiet' : 'secondary'}
            onClick={() => onChoose({ remedy, apiKey })}
          >
            {remedy === 'extend' ? 'Extend' : 'Revoke'}
            {about}
          </Button>
        );
      })}
    </div>
  );
}

/** A key with permissions that the viewer lacks can't be changed by the viewer. */
function useAllowed(apiKey: KeyFactsFragment): (remedy: Remedy) => boolean {
  const can = useCan();
  const opens = useOpens();
  const isBeyond = useBeyond(apiKey).length > 0;
  const mayChange = can('api.key.update') && !isBeyond;
  return (remedy) => {
    if (remedy === 'revoke') return can('api.key.delete');
    return mayChange && (remedy !== 'rotate' || opens('/keys/:keyId/rotate'));
  };
}
