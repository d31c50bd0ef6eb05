import { Download } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { ask } from '../../api/ask.ts';
import { now } from '../../api/clock.ts';
import { messageOf } from '../../api/fault.ts';
import { useToast } from '../../design/patterns/toasts.tsx';
import { Button } from '../../design/primitives/button.tsx';
import { counted } from '../../design/primitives/counted.ts';
import { Menu, MenuItem } from '../../design/primitives/menu.tsx';
import { DateText } from '../../design/primitives/time.tsx';
import { saveFile } from '../../files/save-file.ts';
import { type AuditFilter, AuditPageDocument } from '../../generated/graphql.ts';
import { useOrganization } from '../../viewer/organization.tsx';
import { AuditExport, type ExportProgress } from './audit-export.ts';
import type { AuditFormat } from './audit-file.ts';

/** Entries per request. */
const PAGE = 100;

interface Running {
  readonly format: AuditFormat;
  readonly entries: AuditExport;
  readonly controller: AbortController;
}

/** Downloads all entries that match the filter. Nothing is saved unless all of them were loaded. */
export function ExportMenu({ filter }: { readonly filter: AuditFilter }) {
  const { id: organizationId, slug } = useOrganization();
  const toast = useToast();
  const running = useRef<Running | null>(null);
  const [progress, setProgress] = useState<ExportProgress | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  useEffect(() => () => running.current?.controller.abort(), []);
  const run = async (one: Running) => {
    running.current = one;
    setFault(null);
    setProgress(one.entries.progress);
    try {
      const file = await one.entries.run(one.controller.signal, setProgress);
      const day = new Date(now()).toISOString().slice(0, 10);
      saveFile(`audit-${slug}-${day}.${one.format}`, file.type, file);
      toast({ tone: 'good', text: `Exported ${entriesWords(one.entries.progress.count)}` });
      close();
    } catch (error) {
      if (!one.controller.signal.aborted) setFault(messageOf(error));
    }
  };
  const close = () => {
    running.current?.controller.abort();
    running.current = null;
    setProgress(null);
    setFault(null);
  };
  const begin = (format: AuditFormat) => {
    const load = async (after: string | null) =>
      (await ask(AuditPageDocument, { organizationId, filter, first: PAGE, after })).organization?.auditLog;
    void run({ format, entries: new AuditExport(format, load), controller: new AbortController() });
  };
  if (fault !== null)
    return (
      <>
        <p role="alert" className="max-w-prose text-small text-danger">
          The export stopped after {entriesWords(progress?.count ?? 0)}: {fault}. No file was saved.
        </p>
        <Button onClick={() => running.current && void run(running.current)}>Continue</Button>
        <Button look="quiet" onClick={close}>
          Discard
        </Button>
      </>
    );
  if (progress)
    return (
      <>
        <span role="status" className="text-small text-soft tabular-nums">
          <Progress progress={progress} />
        </span>
        <Button onClick={close}>Cancel</Button>
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
      <MenuItem onSelect={() => begin('csv')}>As CSV, for spreadsheets</MenuItem>
      <MenuItem onSelect={() => begin('json')}>As JSON, for programs</MenuItem>
    </Menu>
  );
}

function Progress({ progress: { count, oldest, isWaiting } }: { readonly progress: ExportProgress }) {
  if (isWaiting) return <>{entriesWords(count)}, waiting for the rate limit…</>;
  return (
    <>
      {entriesWords(count)}
      {oldest && (
        <>
          , back to <DateText at={oldest} />
        </>
      )}
      …
    </>
  );
}

function entriesWords(count: number): string {
  return counted(count, 'entry', 'entries');
}
