import { SearchX } from 'lucide-react';
import { EmptyState, LoadFault, SkeletonRows } from '../../../design/patterns/page.tsx';
import { ButtonLink } from '../../../design/primitives/button.tsx';

/** Shown by a view of one key while it has none: an error, placeholders, or that the key doesn't exist. */
export function MissingKey({
  loaded,
  error,
  reload,
}: {
  readonly loaded: boolean;
  readonly error: Error | undefined;
  reload(): void;
}) {
  if (error) return <LoadFault message={error.message} retry={reload} />;
  if (!loaded) return <SkeletonRows />;
  return (
    <EmptyState icon={SearchX} title="Key not found" action={<ButtonLink to="/keys">All keys</ButtonLink>}>
      It doesn’t exist, or it belongs to another organization.
    </EmptyState>
  );
}
