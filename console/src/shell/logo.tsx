/** The name with the logo. */
export function Logo() {
  return (
    <span className="inline-flex items-center gap-2.5 text-[0.9375rem] font-semibold tracking-tight">
      <svg viewBox="0 0 32 32" className="size-7" aria-hidden="true">
        <rect width="32" height="32" rx="8" className="fill-ink" />
        <g fill="none" strokeWidth="2.6" className="stroke-on-ink" strokeLinecap="round">
          <circle cx="12" cy="16" r="5" />
          <path d="M17 16h9m-3 0v4m-3.6-4v2.6" />
        </g>
      </svg>
      Keywright
    </span>
  );
}
