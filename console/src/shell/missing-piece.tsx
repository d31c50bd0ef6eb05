import { useEffect } from 'react';
import { LoadFault } from '../design/patterns/page.tsx';
import { useOrganization } from '../viewer/organization.tsx';

/** Shown if a view's code could not be loaded. Reloads when the server is back, or on request. */
export function MissingPiece() {
  const { connection } = useOrganization();
  useEffect(() => connection.listen({ opened: () => {}, settled: () => location.reload() }), [connection]);
  return (
    <LoadFault
      message="The server is not responding, or it has been upgraded."
      retry={() => location.reload()}
      retryLabel="Reload"
    />
  );
}
