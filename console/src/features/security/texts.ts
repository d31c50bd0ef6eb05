import { counted } from '../../design/primitives/counted.ts';

/** Texts of the security view. */
export const TEXTS = {
  title: 'Security',
  description:
    'Denied verifications: guessed keys, revoked keys that are still in use, missing permissions. Select an address or a key to see everything about it.',
  ofAddress: (ip: string) => `Denials from ${ip}`,
  ofKey: (name: string) => `Denials of “${name}”`,
  all: 'All denials',
  noKey: 'Unknown key',
  noAddress: 'Not provided',
  incompleteAddress: 'Enter a complete IP address.',
  none: (words: string) => `Nothing was denied ${words}.`,
  undetailed: (count: number) =>
    `${counted(count, 'denial')} ${count === 1 ? 'was' : 'were'} counted by reason only, because more arrived in a minute or day than are listed one by one. Their keys and addresses are not recorded.`,
  undetailedElsewhere: (count: number) =>
    `This may not be all: ${counted(count, 'denial')} in this time range ${count === 1 ? 'was' : 'were'} counted by reason only, without key and address.`,
  acceptedNone: 'No key’s last accepted use came from this address in this time range.',
  acceptedSome: (count: number) =>
    count === 1
      ? 'One key was accepted from this address. If you don’t know the address, revoke the key.'
      : `${count} keys were accepted from this address. If you don’t know the address, revoke them.`,
  acceptedLimit: 'Only the address of a key’s last accepted use is recorded.',
  live: 'Since you opened this page',
  liveOnly: 'You see denials from now on. Your role lacks `organization.view`, which the history requires.',
  gap: 'The connection was lost for a moment. Denials during that time are in the list below.',
} as const;
