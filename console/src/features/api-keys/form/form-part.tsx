import type { ReactNode } from 'react';
import { Card } from '../../../design/patterns/page.tsx';

/** A card with related fields. */
export function FormPart({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Card title={title}>
      <div className="flex flex-col gap-5">{children}</div>
    </Card>
  );
}
