import { useState } from 'react';
import { useSubmit } from '../../api/use-submit.ts';
import { Card } from '../../design/patterns/page.tsx';
import { useToast } from '../../design/patterns/toasts.tsx';
import { Button } from '../../design/primitives/button.tsx';
import { Field, FormFault } from '../../design/primitives/field.tsx';
import { TextArea } from '../../design/primitives/input.tsx';
import { type SettingsFactsFragment, UpdateOrganizationDocument } from '../../generated/graphql.ts';

const FIELD = 'allowedOrigins';

/** The web origins whose pages may call the API with the organization's keys. */
export function OriginsCard({ organization }: { readonly organization: SettingsFactsFragment }) {
  const toast = useToast();
  const { submit, busy, fault } = useSubmit(UpdateOrganizationDocument, (data) => data.updateOrganization);
  const [text, setText] = useState(() => textOf(organization));
  const given = linesOf(text);
  const save = async () => {
    const done = await submit({ input: { id: organization.id, allowedOrigins: given } });
    if (!done) return;
    setText(textOf(done.organization));
    toast({ tone: 'good', text: 'Allowed origins saved' });
  };
  return (
    <Card title="Allowed origins">
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <p className="max-w-prose text-soft">
          Web pages of these origins may call Keywright’s API with keys of this organization. Programs, and
          the console, need no entry.
        </p>
        <Field
          label="Origins"
          error={fault && errorOf(fault, given)}
          hint="One per line, such as https://app.example.com or http://localhost:5173. At most 50."
        >
          {(props) => (
            <TextArea
              {...props}
              value={text}
              onChange={(event) => setText(event.target.value)}
              spellCheck={false}
              autoComplete="off"
              className="font-mono"
            />
          )}
        </Field>
        <FormFault fault={fault} fields={[FIELD]} />
        <div className="flex justify-end">
          <Button
            type="submit"
            look="primary"
            busy={busy}
            disabled={given.join() === linesOf(textOf(organization)).join()}
          >
            Save
          </Button>
        </div>
      </form>
    </Card>
  );
}

function textOf({ allowedOrigins }: SettingsFactsFragment): string {
  return (allowedOrigins ?? []).join('\n');
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}

/** The first error, with the origin that it is about. */
function errorOf({ at }: { at(field: string): string | null }, given: readonly string[]): string | null {
  const wrong = given.findIndex((_, index) => at(`${FIELD}.${index}`));
  return wrong < 0 ? at(FIELD) : `${given[wrong]}: ${at(`${FIELD}.${wrong}`)}`;
}
