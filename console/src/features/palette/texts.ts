/** The command palette. */
export const PALETTE = {
  label: 'Search and commands',
  placeholder: 'Search keys, people, pages and actions',
  keys: 'Keys',
  people: 'People',
  pages: 'Pages',
  actions: 'Actions',
  searching: 'Searching…',
  none: (text: string) => `Nothing matches “${text}”.`,
  unreachable: 'Keys and people can’t be searched at the moment. The server is not responding.',
} as const;

/** Actions of the palette. */
export const ACTIONS = {
  createKey: 'Create key',
  createRole: 'Create role',
  overdue: 'Show keys overdue for rotation',
  expiring: 'Show keys that expire within 7 days',
  unused: 'Show keys unused for 90 days',
  switchTo: (name: string) => `Switch to ${name}`,
  theme: { system: 'Use the theme of the system', light: 'Use the light theme', dark: 'Use the dark theme' },
  shortcuts: 'Show keyboard shortcuts',
  signOut: 'Sign out',
} as const;

/** Title of the list of shortcuts. */
export const SHORTCUTS_TITLE = 'Keyboard shortcuts';

/** Keys, separated by spaces, with what they do. `Mod` is ⌘ or Ctrl. */
export const SHORTCUTS = [
  {
    group: 'Everywhere',
    shortcuts: [
      ['Mod K', 'Search and run commands'],
      ['?', 'Show these shortcuts'],
      ['/', 'Go to the search of a list'],
      ['Esc', 'Close a dialog or menu'],
    ],
  },
  {
    group: 'In the list of keys',
    shortcuts: [
      ['Shift F10', 'Open the menu of a key'],
      ['Shift Click', 'Select a range of keys'],
      ['Mod Click', 'Open a key in a new tab'],
    ],
  },
] as const satisfies readonly {
  readonly group: string;
  readonly shortcuts: readonly (readonly [keys: string, meaning: string])[];
}[];
