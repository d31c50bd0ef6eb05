import { type FormEvent, useState } from 'react';
import { useSubmit } from '../../../api/use-submit.ts';
import { Button } from '../../../components/button.tsx';
import { Field, FormFault } from '../../../components/field.tsx';
import { Select } from '../../../components/input.tsx';
import { Card } from '../../../components/page.tsx';
import { RotateKeyDocument } from '../../../generated/graphql.ts';

const OVERLAPS = [
  [3_600, '1 hour'],
  [86_400, '1 day'],
  [604_800, '7 days'],
  [2_592_000, '30 days'],
  [7_776_000, '90 days, the longest there is'],
  [0, 'None: the old secret stops now'],
] as const;

const DAY = 86_400;

/** The first step: how long the old secret goes on, and the new one. `onRotated` gets that one, for the screen alone. */
export function BeginRotation({
  keyId,
  onRotated,
}: {
  readonly keyId: string;
  onRotated(secret: string): void;
}) {
  const [overlap, setOverlap] = useState<number>(DAY);
  const { submit, busy, fault } = useSubmit(RotateKeyDocument, ({ rotateApiKey }) => rotateApiKey, {
    cached: false,
  });
  const begin = async (event: FormEvent) => {
    event.preventDefault();
    const made = await submit({ input: { id: keyId, overlapSeconds: overlap } });
    if (made) onRotated(made.secret);
  };
  return (
    <Card className="max-w-2xl">
      <form onSubmit={begin} className="flex flex-col gap-5">
        <p className="text-soft">
          The key stays what it is: name, role, teams, history. It gets a second secret, and for a while both
          are accepted, so that you can put the new one in place without an outage.
        </p>
        <Field
          label="How long is the old secret accepted?"
          hint="It is refused after that, or as soon as you finish, whichever comes first."
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
            Whoever uses the old secret is refused from that moment on. That is right for a secret that has
            leaked, and an outage for any other.
          </p>
        )}
        <FormFault fault={fault} fields={['overlapSeconds']} />
        <div className="flex justify-end">
          <Button type="submit" look={overlap === 0 ? 'danger' : 'primary'} busy={busy}>
            Make the new secret
          </Button>
        </div>
      </form>
    </Card>
  );
}
