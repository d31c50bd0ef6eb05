import type { ReactNode } from 'react';
import { Card } from '../../../components/page.tsx';

/** Fields that belong together, on a surface of their own. */
export function FormPart({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Card title={title}>
      <div className="flex flex-col gap-5">{children}</div>
    </Card>
  );
}
