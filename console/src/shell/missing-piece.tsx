import { useEffect } from 'react';
import { LoadFault } from '../components/page.tsx';
import { useOrganization } from '../viewer/organization.tsx';

/** In place of a view whose code did not come: the page is loaded anew once the server is back, or before at a press. */
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
