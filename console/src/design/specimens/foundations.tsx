import { Fact, Facts } from '../patterns/page.tsx';

const SURFACES = [
  'bg-side',
  'bg-page',
  'bg-card',
  'bg-raised',
  'bg-hover',
  'bg-accent-soft',
  'bg-good-soft',
] as const;
const MARKS = [
  'bg-ink',
  'bg-accent',
  'bg-live',
  'bg-chart',
  'bg-good',
  'bg-warn',
  'bg-danger',
  'bg-line-strong',
] as const;

/** The palette. */
export function Colors() {
  return (
    <>
      <Swatches names={SURFACES} />
      <Swatches names={MARKS} />
    </>
  );
}

function Swatches({ names }: { readonly names: readonly string[] }) {
  return (
    <ul className="grid grid-cols-2 gap-2 sm:grid-cols-4">
      {names.map((name) => (
        <li key={name} className="flex items-center gap-2 text-small text-soft">
          <span aria-hidden="true" className={`size-6 shrink-0 rounded-md border border-line ${name}`} />
          {name.slice(3)}
        </li>
      ))}
    </ul>
  );
}

/** The type scale. */
export function Type() {
  return (
    <>
      <p className="text-title">Title 24/32</p>
      <p className="text-heading">Heading 15/22</p>
      <p>
        Text 14/20, <strong className="font-medium">medium</strong>, <span className="text-soft">soft</span>
      </p>
      <p className="text-small text-soft">Small 13/18</p>
      <p className="text-xs text-soft">Column header 12/16</p>
      <Facts>
        <Fact name="Prefix">
          <span className="font-mono text-small">kw_live_8Fq2…</span>
        </Fact>
        <Fact name="Uses">
          <span className="tabular-nums">1,204,118</span>
        </Fact>
      </Facts>
    </>
  );
}
