import type { ReactNode } from 'react';
import { Card } from './page.tsx';

interface FormGroupProps {
  readonly title: string;
  readonly description: string;
  readonly children: ReactNode;
}

/** A card with related fields. */
export function FormSection(props: FormGroupProps) {
  return (
    <Card>
      <FormGroup {...props} />
    </Card>
  );
}

/** Related fields. Where there is room, their title and their purpose stand to the left of them. */
export function FormGroup({ title, description, children }: FormGroupProps) {
  return (
    <div className="@container">
      <div className="grid gap-x-8 gap-y-5 sm:p-1 @3xl:grid-cols-[13rem_minmax(0,1fr)] @3xl:p-2">
        <header>
          <h2 className="text-heading">{title}</h2>
          <p className="mt-1 text-small text-soft">{description}</p>
        </header>
        <div className="flex min-w-0 flex-col gap-5">{children}</div>
      </div>
    </div>
  );
}
