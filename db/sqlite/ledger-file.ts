import { rmSync } from 'node:fs';
import { codeOf } from '../../src/core/start-error.ts';
import { identityOf } from './file.ts';
import { openWindowLedger, type WindowLedger } from './window-ledger.ts';

/** A ledger whose file may be damaged, deleted or replaced while processes use it. */
export interface LedgerFile extends WindowLedger {
  /**
   * Opens the file again if another one is in place. Its owner replaces a missing or damaged one. Call it about once per
   * second. Never throws.
   */
  check(): void;
}

/** Codes of a file that is not what SQLite has written, or whose tables are missing. */
const DAMAGE = /^SQLITE_(CORRUPT|NOTADB|SCHEMA|IOERR_SHORT_READ|ERROR$)/;

/**
 * Opens the file. `boot` identifies the run of the machine for its owner, which creates and replaces it (see
 * `openWindowLedger`); null: another process is the owner. While the file can't be opened, all calls throw.
 */
export function openLedgerFile(path: string, boot: string | null): LedgerFile {
  let ledger: WindowLedger | null = null;
  let identity: string | undefined;
  let fault: unknown;
  let isDamaged = false;

  const open = (): void => {
    try {
      ledger = openWindowLedger(path, boot);
      identity = identityOf(path);
      isDamaged = false;
    } catch (error) {
      fault = error;
    }
  };

  const close = (): void => {
    const closing = ledger;
    ledger = null;
    identity = undefined;
    try {
      closing?.close();
    } catch {
      // Damaged.
    }
  };

  /** Nothing if the file is damaged, or another process has found that. */
  const readable = (): ReturnType<WindowLedger['windows']> => {
    if (isDamaged) return [];
    try {
      return ledger?.windows() ?? [];
    } catch {
      return [];
    }
  };

  /** For its owner: what was counted in a file that is not in place any more continues in the next one. */
  const replace = (): void => {
    const windows = readable();
    close();
    open();
    ledger?.together(() => {
      for (const { keyId, begins, count, ...window } of windows) ledger?.take(keyId, window, count, begins);
    });
  };

  const look = (): void => {
    const found = identityOf(path);
    // So that its owner, which may not have met the damage, finds none and creates one.
    if (isDamaged && found === identity) rmSync(path, { force: true });
    if (boot !== null) {
      if (isDamaged || found === undefined || found !== identity) replace();
    } else if (found !== undefined && found !== identity) {
      close();
      open();
    }
  };

  /** Calls the ledger, and remembers whether that shows damage. */
  const on = <T>(call: (ledger: WindowLedger) => T): T => {
    if (!ledger) throw fault;
    try {
      return call(ledger);
    } catch (error) {
      if (DAMAGE.test(codeOf(error))) isDamaged = true;
      throw error;
    }
  };

  open();
  return {
    take: (...values) => on((opened) => opened.take(...values)),
    read: (keyId) => on((opened) => opened.read(keyId)),
    release: (...values) => on((opened) => opened.release(...values)),
    sweep: (...values) => on((opened) => opened.sweep(...values)),
    windows: () => on((opened) => opened.windows()),
    together: (calls) => on((opened) => opened.together(calls)),
    hasChanged: () => ledger?.hasChanged() ?? false,
    check() {
      try {
        look();
      } catch (error) {
        fault = error;
      }
    },
    close,
  };
}
