import { counted, total } from '../../design/primitives/counted.ts';
import { EXPIRING_DAYS, UNUSED_DAYS } from '../api-keys/list/key-search.ts';

/** A number that may be a lower bound. */
interface Bound {
  readonly count: number;
  readonly isExact: boolean;
}

function keys({ count, isExact }: Bound, verb: readonly [one: string, more: string]): string {
  return `${total(count, isExact)} ${count === 1 ? 'key' : 'keys'} ${count === 1 ? verb[0] : verb[1]}`;
}

/** The texts of the overview. */
export const TEXTS = {
  description: 'Verifications, problems and changes of all keys that you can see.',
  noUsage: (words: string) => `No key was presented ${words}.`,
  noTop: 'Keys appear here after their first accepted verification.',
  attention: {
    none: 'Nothing needs attention',
    noneMeaning: `No key expires within ${EXPIRING_DAYS} days, is overdue for rotation, or was unused for ${UNUSED_DAYS} days, and denials are as usual.`,
    expiring: (bound: Bound) => `${keys(bound, ['expires', 'expire'])} within ${EXPIRING_DAYS} days`,
    overdue: (bound: Bound) => `${keys(bound, ['is', 'are'])} overdue for rotation`,
    unused: (bound: Bound) => `${keys(bound, ['was', 'were'])} not used for ${UNUSED_DAYS} days`,
    spike: (recent: number, usual: number) =>
      `${counted(recent, 'verification')} denied in the last 2 hours, usually ${usual.toLocaleString('en')}`,
  },
  verifiers: {
    none: 'No verifier is connected. The server verifies all keys itself.',
    kinds: { PROCESS: 'Verification process', EMBEDDED: 'Embedded in an API' },
    keys: (count: number) => `${counted(count, 'key')} cached`,
  },
  changes: {
    none: 'Changes of keys appear here as they happen.',
  },
  steps: {
    title: 'Get started',
    create: 'Create a key',
    createMeaning: 'A key identifies one client of your API. Its secret is shown once, when it is created.',
    verify: 'Verify it',
    verifyMeaning:
      'Run this command and paste the secret of the key. It asks Keywright as a gateway does, and this step is completed when the key is accepted.',
    protect: 'Protect an API',
    protectMeaning:
      'Verify keys in the API itself with @keywright/verifier, which completes this step when it connects. Or use nginx or Caddy: the dialog of a new key shows the configuration. Keywright can’t tell a gateway from curl, so mark this step yourself once requests without a key are rejected.',
    protectMark: 'My gateway rejects requests without a key',
    protectMarked: 'You marked this step as done.',
    protectUnmark: 'Not done',
    invite: 'Invite somebody',
    inviteMeaning: 'With a second person, somebody can revoke a key while you are away.',
    inviteLink: 'Go to members',
  },
} as const;
