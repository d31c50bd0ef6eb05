/** The menu of a key. */
export const MENU = {
  newTab: 'Open in a new tab',
  copyId: 'Copy ID',
} as const;

/** The menu of columns and density. */
export const DISPLAY = {
  button: 'Display',
  menu: 'Columns and density',
  density: 'Density',
  densities: [
    { value: 'comfortable', label: 'Comfortable' },
    { value: 'compact', label: 'Compact' },
  ],
  columns: 'Columns',
  noRoom: 'No room',
  reset: 'Restore the default',
} as const;

/** Conditions of a key, in its row, with what they are about. */
export const CONDITIONS = {
  overdue: { word: 'Overdue', detail: (time: string) => `Rotation was due ${time}` },
  expiring: { word: 'Expiring', detail: (time: string) => `Expires ${time}` },
  rotating: { word: 'Rotating', detail: (time: string) => `The previous secret is accepted until ${time}` },
} as const;

/** Disabling and enabling several keys. `count`: `3 keys`. */
export const SWITCH = {
  disable: {
    question: (count: string) => `Disable ${count}?`,
    meaning:
      'Either all of these keys are disabled, or none. They stop working immediately, until they are enabled again.',
    leftOut: (count: number, selected: number) =>
      `${count} of the ${selected} selected keys ${count === 1 ? 'is' : 'are'} left out: disabled or revoked already, or with permissions that you don’t have.`,
    confirm: 'Disable keys',
    done: 'disabled',
    result: 'Requests with these keys are denied until the keys are enabled again.',
  },
  enable: {
    question: (count: string) => `Enable ${count}?`,
    meaning:
      'Either all of these keys are enabled, or none. They work again immediately, unless they have expired.',
    leftOut: (count: number, selected: number) =>
      `${count} of the ${selected} selected keys ${count === 1 ? 'is' : 'are'} left out: not disabled, or with permissions that you don’t have.`,
    confirm: 'Enable keys',
    done: 'enabled',
    result: 'The keys work again with the same secrets and permissions.',
  },
} as const;
