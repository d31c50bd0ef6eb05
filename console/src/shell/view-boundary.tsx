import { Component, type ReactNode } from 'react';
import { LoadFault } from '../design/patterns/page.tsx';
import { MissingPiece } from './missing-piece.tsx';

/** Prevents an error in a view from breaking the page. */
export class ViewBoundary extends Component<
  { readonly children: ReactNode },
  { readonly error: Error | null }
> {
  override state: { readonly error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    // After a server upgrade, chunks of the old page may be gone. Browsers report that only in the error message.
    if (error instanceof TypeError && /import|module/i.test(error.message)) return <MissingPiece />;
    return <LoadFault message={error.message} retry={() => location.reload()} retryLabel="Reload" />;
  }
}
