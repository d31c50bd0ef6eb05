import { Download } from 'lucide-react';
import { now } from '../../../api/clock.ts';
import { useToast } from '../../../design/patterns/toasts.tsx';
import { Button } from '../../../design/primitives/button.tsx';
import { counted } from '../../../design/primitives/counted.ts';
import { saveFile } from '../../../files/save-file.ts';
import { useOrganization } from '../../../viewer/organization.tsx';
import type { BulkProps } from './bulk-props.ts';
import { keyFile } from './key-file.ts';

/** The button that downloads the selected keys as CSV. */
export function ExportSelection({ keys }: BulkProps) {
  const { slug } = useOrganization();
  const toast = useToast();
  const save = () => {
    const day = new Date(now()).toISOString().slice(0, 10);
    saveFile(`keys-${slug}-${day}.csv`, 'text/csv;charset=utf-8', keyFile(keys));
    toast({ tone: 'good', text: `Exported ${counted(keys.length, 'key')}` });
  };
  return (
    <Button size="small" onClick={save}>
      <Download size={15} aria-hidden="true" />
      Export CSV
    </Button>
  );
}
