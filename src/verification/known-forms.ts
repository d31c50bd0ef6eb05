import type { Stale } from '../cluster/stale.ts';
import { FORMS, type ImportedForms } from '../keys/import/imported-forms.ts';

/** A row of the forms of imported secrets. */
export interface FormRow {
  readonly form: string;
}

/** The forms of imported secrets as last read, until an import is announced. */
export class KnownForms {
  #known: { readonly forms: ImportedForms; readonly readAt: number } | null = null;
  /** Incremented by every import, so that a read that it has overtaken is not kept. */
  #version = 0;

  apply({ keyIds }: Stale): void {
    if (keyIds !== null && !keyIds.includes(FORMS)) return;
    this.#known = null;
    this.#version += 1;
  }

  /** The forms, if they were read at this time or later, by `performance.now()`. */
  since(time: number): ImportedForms | null {
    return this.#known && this.#known.readAt >= time ? this.#known.forms : null;
  }

  /** Call before a read. Returns a function to call with its result, which returns the forms. */
  startRead(readAt: number): (rows: readonly FormRow[]) => ImportedForms {
    const version = this.#version;
    return (rows) => {
      const forms = new Set(rows.map(({ form }) => form));
      if (version === this.#version) this.#known = { forms, readAt };
      return forms;
    };
  }
}
