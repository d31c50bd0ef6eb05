import { Download } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useClient } from 'urql';
import { now } from '../../api/clock.ts';
import { messageOf } from '../../api/fault.ts';
import { useToast } from '../../design/patterns/toasts.tsx';
import { Button } from '../../design/primitives/button.tsx';
import { Menu, MenuItem } from '../../design/primitives/menu.tsx';
import { saveFile } from '../../files/save-file.ts';
import type { AuditFilter } from '../../generated/graphql.ts';
import { useOrganization } from '../../viewer/organization.tsx';
import { type AuditFormat, auditFile } from './audit-file.ts';
import { allEntries } from './audit-log.ts';

const TYPES: Readonly<Record<AuditFormat, string>> = {
  csv: 'text/csv;charset=utf-8',
  json: 'application/json',
};

/** Downloads all filtered entries as a file created in the browser. */
export function ExportMenu({ filter }: { readonly filter: AuditFilter }) {
  const { id: organizationId, slug } = useOrganization();
  const client = useClient();
  const toast = useToast();
  const [count, setCount] = useState<number | null>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const exportAs = async (format: AuditFormat) => {
    const controller = new AbortController();
    running.current = controller;
    setCount(0);
    try {
      const { signal } = controller;
      const entries = await allEntries(client, { organizationId, filter }, { progress: setCount, signal });
      const day = new Date(now()).toISOString().slice(0, 10);
      saveFile(`audit-${slug}-${day}.${format}`, TYPES[format], auditFile(entries, format));
      toast({ tone: 'good', text: `Exported ${entries.length.toLocaleString('en')} entries` });
    } catch (error) {
      if (!controller.signal.aborted) toast({ tone: 'danger', text: messageOf(error) });
    }
    setCount(null);
  };
  if (count !== null)
    return (
      <>
        <span role="status" className="text-soft tabular-nums">
          {count.toLocaleString('en')} entries…
        </span>
        <Button onClick={() => running.current?.abort()}>Cancel</Button>
      </>
    );
  return (
    <Menu
      trigger={
        <Button>
          <Download size={16} aria-hidden="true" />
          Export
        </Button>
      }
    >
      <MenuItem onSelect={() => void exportAs('csv')}>As CSV, for spreadsheets</MenuItem>
      <MenuItem onSelect={() => void exportAs('json')}>As JSON, for programs</MenuItem>
    </Menu>
  );
}
