import { Component, type ReactNode } from 'react';
import { Button } from '../components/button.tsx';
import { LoadFault } from '../components/page.tsx';

/** Keeps a view that fails from taking the page with it. */
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
    // After an upgrade of the server, pieces of the page before may be gone.
    const isMissing = error instanceof TypeError && error.message.includes('module');
    return (
      <LoadFault
        message={isMissing ? 'The server does not answer, or has been upgraded meanwhile.' : error.message}
        retry={<Button onClick={() => location.reload()}>Load the page anew</Button>}
      />
    );
  }
}
