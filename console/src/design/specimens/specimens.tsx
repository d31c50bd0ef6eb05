import { KeyRound } from 'lucide-react';
import type { ReactNode } from 'react';
import { Card, EmptyState, LoadFault, Page, SkeletonRows } from '../patterns/page.tsx';
import { Actions } from './actions.tsx';
import { Charts } from './charts.tsx';
import { Floating } from './floating.tsx';
import { Forms } from './forms.tsx';
import { Colors, Type } from './foundations.tsx';
import { List } from './list.tsx';
import { States } from './states.tsx';
import { Steps } from './steps.tsx';

/** Every primitive and pattern in its states. For developers: no build of the console contains it. */
export function Specimens() {
  return (
    <main className="mx-auto w-full max-w-[80rem] px-4 pt-6 pb-16 sm:px-8 lg:px-10">
      <Page title="Design system" description="Primitives and patterns in all states.">
        <div className="grid gap-5 lg:grid-cols-2">
          <Specimen name="Colors">
            <Colors />
          </Specimen>
          <Specimen name="Type">
            <Type />
          </Specimen>
          <Specimen name="Actions">
            <Actions />
          </Specimen>
          <Specimen name="States">
            <States />
          </Specimen>
          <Specimen name="Menus, dialogs, toasts">
            <Floating />
          </Specimen>
          <Specimen name="Charts and figures">
            <Charts />
          </Specimen>
          <Steps />
          <Card title="Loading" padded={false}>
            <SkeletonRows count={3} />
          </Card>
          <Card padded={false}>
            <EmptyState icon={KeyRound} title="No keys yet">
              What the list will contain, and the first step.
            </EmptyState>
          </Card>
          <Card padded={false}>
            <LoadFault message="[Network] connection refused" retry={() => {}} />
          </Card>
        </div>
        <List />
        <Forms />
      </Page>
    </main>
  );
}

function Specimen({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <Card title={name}>
      <div className="flex flex-col gap-4">{children}</div>
    </Card>
  );
}
