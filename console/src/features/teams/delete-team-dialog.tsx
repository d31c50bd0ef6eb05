import { useDocument } from '../../api/use-document.ts';
import { useSubmit } from '../../api/use-submit.ts';
import { total } from '../../design/primitives/counted.ts';
import { AlertDialog } from '../../design/primitives/dialog.tsx';
import { FormFault } from '../../design/primitives/field.tsx';
import { DeleteTeamDocument, type TeamFactsFragment, TeamReachDocument } from '../../generated/graphql.ts';
import { useCan, useOrganization } from '../../viewer/organization.tsx';
import { personName } from '../members/member-list.ts';

interface Reach {
  readonly count: number;
  /** False: there are more. */
  readonly isExact: boolean;
  readonly names: readonly string[];
}

/** Confirms the deletion of a team and shows its impact. If keys are bound to it, explains why it can't be deleted. */
export function DeleteTeamDialog({ team, onClose }: { readonly team: TeamFactsFragment; onClose(): void }) {
  const { submit, busy, fault } = useSubmit(DeleteTeamDocument, (data) => data.deleteTeam);
  const { people, keys, isKnown } = useReach(team);
  const isBound = keys !== null && keys.count > 0;
  const remove = async () => {
    if (await submit({ input: { id: team.id } })) onClose();
  };
  return (
    <AlertDialog
      title={isBound ? `Keys are bound to ${team.name}` : `Delete the team ${team.name}?`}
      description={
        isBound ? (
          <p>
            A team can’t be deleted while keys are bound to it: one that lost its last team would be accepted
            for all. Bind them to other teams, or revoke them.
          </p>
        ) : (
          <p>Its members stay in the organization.</p>
        )
      }
      onClose={onClose}
      cancel={isBound ? 'Close' : 'Cancel'}
      confirm={isBound ? null : { label: 'Delete', busy, disabled: !isKnown, run: remove }}
    >
      <ReachOf title="Keys bound to it" reach={keys} />
      <ReachOf title="Members" reach={people} />
      <FormFault fault={fault} />
    </AlertDialog>
  );
}

function ReachOf({ title, reach }: { readonly title: string; readonly reach: Reach | null }) {
  if (!reach || reach.count === 0) return null;
  const more = reach.count - reach.names.length;
  return (
    <div>
      <h3 className="font-medium">
        {title}{' '}
        <span className="font-normal text-soft tabular-nums">{total(reach.count, reach.isExact)}</span>
      </h3>
      <p className="mt-0.5 break-words text-soft">
        {reach.names.join(', ')}
        {more > 0 && ` and ${total(more, reach.isExact)} more`}
      </p>
    </div>
  );
}

function reachOf<Row>(
  list: { readonly totalCount: number; readonly totalCountIsExact: boolean; readonly nodes: readonly Row[] },
  nameOf: (row: Row) => string,
): Reach {
  return { count: list.totalCount, isExact: list.totalCountIsExact, names: list.nodes.map(nameOf) };
}

function useReach({ id: teamId }: TeamFactsFragment): {
  readonly people: Reach | null;
  readonly keys: Reach | null;
  readonly isKnown: boolean;
} {
  const { id: organizationId } = useOrganization();
  const can = useCan();
  const [members, keys] = [can('member.view'), can('api.key.view')];
  const [{ data, fetching }] = useDocument(
    TeamReachDocument,
    { organizationId, teamId, members, keys },
    { pause: !members && !keys, requestPolicy: 'network-only' },
  );
  const bound = data?.apiKeys;
  const inIt = data?.node && 'members' in data.node ? data.node.members : null;
  return {
    people: inIt && reachOf(inIt, personName),
    keys: bound ? reachOf(bound, ({ name }) => name) : null,
    isKnown: !fetching,
  };
}
