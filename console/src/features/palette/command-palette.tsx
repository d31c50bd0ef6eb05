import { KeyRound, UserRound } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { KeyStatus } from '../../design/primitives/badge.tsx';
import { Palette, type PaletteEntry, type PaletteGroup } from '../../design/primitives/palette.tsx';
import { useViews } from '../../shell/views.tsx';
import { useActions } from './actions.ts';
import { useFound } from './found.ts';
import { PALETTE } from './texts.ts';

/** Finds keys, people, pages and actions, as far as the viewer may open or perform them. */
export function CommandPalette({ onClose }: { onClose(): void }) {
  const [, navigate] = useLocation();
  const [text, setText] = useState('');
  const { keys, people, searching, failed } = useFound(text);
  const pages = useViews().flatMap(({ path, entry }): PaletteEntry[] =>
    entry ? [{ id: `page-${path}`, label: entry.label, icon: entry.icon, run: () => navigate(path) }] : [],
  );
  const groups: PaletteGroup[] = [
    {
      label: PALETTE.keys,
      entries: keys.map(({ id, name, start, status }) => ({
        id,
        label: name,
        icon: KeyRound,
        hint: (
          <>
            <span className="font-mono text-xs max-sm:hidden">{start}…</span>
            <KeyStatus status={status} />
          </>
        ),
        run: () => navigate(`/keys/${id}`),
      })),
    },
    { label: PALETTE.pages, entries: matching(pages, text) },
    { label: PALETTE.actions, entries: matching(useActions(), text) },
    {
      label: PALETTE.people,
      entries: people.map(({ id, name, email }) => ({
        id,
        label: name ?? email,
        icon: UserRound,
        hint: name && <span className="max-sm:hidden">{email}</span>,
        run: () => navigate('/members'),
      })),
    },
  ].filter(({ entries }) => entries.length > 0);
  const none = groups.length === 0 ? PALETTE.none(text.trim()) : null;
  return (
    <Palette
      label={PALETTE.label}
      placeholder={PALETTE.placeholder}
      text={text}
      onText={setText}
      groups={groups}
      message={searching ? PALETTE.searching : failed ? PALETTE.unreachable : none}
      onClose={onClose}
    />
  );
}

/** Entries that contain each of the words. */
function matching(entries: readonly PaletteEntry[], text: string): readonly PaletteEntry[] {
  const words = text.toLowerCase().split(/\s+/);
  return entries.filter(({ label }) => words.every((word) => label.toLowerCase().includes(word)));
}
