/** A chunk of the bundle in Vite's manifest (`build.manifest`). */
export interface Piece {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly isEntry?: boolean;
}

/** Vite's manifest: chunks by source file. */
export type Manifest = Readonly<Record<string, Piece>>;

/** The JavaScript files that a page loads before it shows this view: the entry, the view, and all their imports. */
export function filesOfView(manifest: Manifest, view: string): readonly string[] {
  const entry = Object.keys(manifest).filter((source) => manifest[source]?.isEntry);
  if (!manifest[view]) throw new Error(`The manifest has no ${view}`);
  const files = new Set<string>();
  const visit = (source: string): void => {
    const piece = manifest[source];
    if (!piece || files.has(piece.file)) return;
    files.add(piece.file);
    piece.imports?.forEach(visit);
  };
  for (const source of [...entry, view]) visit(source);
  return [...files].filter((file) => file.endsWith('.js'));
}
