import { type FormEvent, useState } from 'react';
import type { Submission } from '../../../api/use-submit.ts';
import { Card } from '../../../design/patterns/page.tsx';
import { Button } from '../../../design/primitives/button.tsx';
import { Field, FormFault } from '../../../design/primitives/field.tsx';
import { Select } from '../../../design/primitives/input.tsx';
import type { RotateKeyMutation, RotateKeyMutationVariables } from '../../../generated/graphql.ts';

const OVERLAPS = [
  [3_600, '1 hour'],
  [86_400, '1 day'],
  [604_800, '7 days'],
  [2_592_000, '30 days'],
  [7_776_000, '90 days (maximum)'],
  [0, 'None: revoke the old secret now'],
] as const;

const DAY = 86_400;

/**
 * The first step: the overlap of the secrets, then the new secret. `onRotated` receives the secret, only for display.
 */
export function BeginRotation({
  keyId,
  rotation: { submit, busy, fault },
  onRotated,
}: {
  readonly keyId: string;
  readonly rotation: Submission<RotateKeyMutationVariables, NonNullable<RotateKeyMutation['rotateApiKey']>>;
  onRotated(secret: string): void;
}) {
  const [overlap, setOverlap] = useState<number>(DAY);
  const begin = async (event: FormEvent) => {
    event.preventDefault();
    const rotated = await submit({ input: { id: keyId, overlapSeconds: overlap } });
    if (rotated) onRotated(rotated.secret);
  };
  return (
    <Card className="max-w-2xl">
      <form onSubmit={begin} className="flex flex-col gap-5">
        <p className="text-soft">
          The key keeps its name, role, teams and history. It gets a second secret, and both are valid for a
          while, so that you can deploy the new one without an outage.
        </p>
        <Field
          label="How long does the old secret stay valid?"
          hint="It expires after this time, or when you finish the rotation, whichever comes first."
          error={fault?.at('overlapSeconds')}
        >
          {(field) => (
            <Select {...field} value={overlap} onChange={(event) => setOverlap(Number(event.target.value))}>
              {OVERLAPS.map(([seconds, words]) => (
                <option key={seconds} value={seconds}>
                  {words}
                </option>
              ))}
            </Select>
          )}
        </Field>
        {overlap === 0 && (
          <p className="rounded-lg bg-warn-soft px-3 py-2 text-warn">
            Requests with the old secret are denied immediately. Choose this for a leaked secret. For any
            other secret, it causes an outage.
          </p>
        )}
        <FormFault fault={fault} fields={['overlapSeconds']} />
        <div className="flex justify-end">
          <Button type="submit" look={overlap === 0 ? 'danger' : 'primary'} busy={busy}>
            Create the new secret
          </Button>
        </div>
      </form>
    </Card>
  );
}
