/** Permissions gained and lost. */
export function PermissionChanges({
  gained,
  lost,
}: {
  readonly gained: readonly string[];
  readonly lost: readonly string[];
}) {
  return (
    <>
      <Permissions title="Gained" sign="+" tone="text-good" permissions={gained} />
      <Permissions title="Lost" sign="−" tone="text-danger" permissions={lost} />
    </>
  );
}

function Permissions({
  title,
  sign,
  tone,
  permissions,
}: {
  readonly title: string;
  readonly sign: string;
  readonly tone: string;
  readonly permissions: readonly string[];
}) {
  if (permissions.length === 0) return null;
  return (
    <ul aria-label={title} className={`font-mono text-[0.8125rem] break-all ${tone}`}>
      {permissions.map((permission) => (
        <li key={permission}>
          <span aria-hidden="true">{sign} </span>
          {permission}
        </li>
      ))}
    </ul>
  );
}
