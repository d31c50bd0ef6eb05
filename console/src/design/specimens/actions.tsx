import { MoreHorizontal, Plus } from 'lucide-react';
import { useState } from 'react';
import { BackLink } from '../patterns/page.tsx';
import { Button, ButtonLink, type ButtonLook, IconButton } from '../primitives/button.tsx';
import { Segmented } from '../primitives/segmented.tsx';

const LOOKS: readonly ButtonLook[] = ['primary', 'secondary', 'quiet', 'danger'];
const PERIODS = [
  ['hour', 'Hour'],
  ['day', 'Day'],
  ['month', '30 days'],
] as const;

/** Buttons and links in all looks, sizes and states. */
export function Actions() {
  const [period, setPeriod] = useState<(typeof PERIODS)[number][0]>('day');
  return (
    <>
      {LOOKS.map((look) => (
        <div key={look} className="flex flex-wrap items-center gap-2">
          <Button look={look}>
            <Plus size={16} aria-hidden="true" />
            {look}
          </Button>
          <Button look={look} size="small">
            Small
          </Button>
          <Button look={look} disabled>
            Disabled
          </Button>
          <Button look={look} busy>
            Busy
          </Button>
        </div>
      ))}
      <div className="flex flex-wrap items-center gap-3">
        <ButtonLink to="/">Link</ButtonLink>
        <IconButton label="More actions">
          <MoreHorizontal size={16} aria-hidden="true" />
        </IconButton>
        <BackLink to="/">Back</BackLink>
      </div>
      <div>
        <Segmented legend="Period" value={period} options={PERIODS} onChange={setPeriod} />
      </div>
    </>
  );
}
