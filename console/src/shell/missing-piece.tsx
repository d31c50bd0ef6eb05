import { useEffect } from 'react';
import { LoadFault } from '../components/page.tsx';
import { useOrganization } from '../viewer/organization.tsx';

/** In place of a view whose code did not come: the page is loaded anew once the server is back, or before at a press. */
export function MissingPiece() {
  const { connection } = useOrganization();
  useEffect(() => connection.listen({ opened: () => {}, settled: () => location.reload() }), [connection]);
  return (
    <LoadFault
      message="The server does not answer, or has been upgraded meanwhile."
      retry={() => location.reload()}
      retryLabel="Reload"
    />
  );
}
