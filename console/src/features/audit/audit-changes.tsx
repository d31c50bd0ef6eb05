import { FullTime } from '../../design/primitives/time.tsx';
import { fieldLabel } from './audit-fields.ts';
import { useName } from './names.tsx';

const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

/** The changes of an entry, field by field, before and after. */
export function AuditChanges({ changes }: { readonly changes: Record<string, unknown> }) {
  const fields = Object.entries(changes).filter(([, change]) => !isBlank(change));
  if (fields.length === 0) return <p className="text-soft">No fields were changed.</p>;
  return (
    <div className="overflow-x-auto">
      <table className="w-full min-w-88 text-left text-[0.8125rem]">
        <caption className="sr-only">What was changed</caption>
        <thead>
          <tr className="text-xs text-soft">
            <th scope="col" className="w-1/4 py-1 pr-3 font-medium">
              Field
            </th>
            <th scope="col" className="py-1 pr-3 font-medium">
              Before
            </th>
            <th scope="col" className="py-1 font-medium">
              After
            </th>
          </tr>
        </thead>
        <tbody>
          {fields.map(([field, change]) => {
            const [before, after] = Array.isArray(change) && change.length === 2 ? change : [null, change];
            return (
              <tr key={field} className="border-t border-line align-top">
                <th scope="row" className="py-1.5 pr-3 font-normal">
                  {fieldLabel(field)}
                </th>
                <td className="py-1.5 pr-3 break-words">
                  <Value value={before} />
                </td>
                <td className="py-1.5 break-words">
                  <Value value={after} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** Whether a field had no value and got none, such as the role of a new key without a role. */
function isBlank(change: unknown): boolean {
  const isNothing = (value: unknown) => value === null || (Array.isArray(value) && value.length === 0);
  return Array.isArray(change) && change.length === 2 && change.every(isNothing);
}

function Value({ value }: { readonly value: unknown }) {
  if (value === null || value === undefined || value === '') return <span className="text-soft">–</span>;
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (typeof value === 'number') return value.toLocaleString('en');
  if (typeof value === 'string') return <Text text={value} />;
  if (Array.isArray(value)) return <Values values={value} />;
  return <code className="font-mono text-xs break-all">{JSON.stringify(value)}</code>;
}

function Values({ values }: { readonly values: readonly unknown[] }) {
  if (values.length === 0) return <span className="text-soft">None</span>;
  return (
    <ul className="flex flex-col gap-0.5">
      {values.map((value) => (
        <li key={JSON.stringify(value)}>
          <Value value={value} />
        </li>
      ))}
    </ul>
  );
}

function Text({ text }: { readonly text: string }) {
  const name = useName(text);
  if (name !== null) return <span title={text}>{name}</span>;
  if (TIME.test(text)) return <FullTime at={text} />;
  return <span className="break-all">{text}</span>;
}
