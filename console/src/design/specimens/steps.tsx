import { useState } from 'react';
import { Checklist } from '../patterns/checklist.tsx';

/** A checklist, of which one step is done. */
export function Steps() {
  const [isShown, setShown] = useState(true);
  if (!isShown) return null;
  return (
    <Checklist
      title="Checklist"
      steps={[
        { id: 'create', title: 'Create a key', done: true, content: 'How to do it.' },
        {
          id: 'verify',
          title: 'Verify it',
          done: false,
          content: 'The first step that is not done is open.',
        },
        { id: 'invite', title: 'Invite somebody', done: false, content: 'Others open on request.' },
      ]}
      onDismiss={() => setShown(false)}
    />
  );
}
