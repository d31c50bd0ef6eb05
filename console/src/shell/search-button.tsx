import { Search } from 'lucide-react';
import { HAS_COMMAND_KEY, openCommand } from './commands.ts';

/** Opens the command palette, and shows the keys that do. */
export function SearchButton() {
  return (
    <button
      type="button"
      aria-keyshortcuts={HAS_COMMAND_KEY ? 'Meta+K' : 'Control+K'}
      onClick={() => openCommand('palette')}
      className="flex h-8 w-full shrink-0 items-center gap-2.5 rounded-lg px-2.5 font-medium text-soft transition-colors hover:bg-hover hover:text-text pointer-coarse:h-10"
    >
      <Search size={16} aria-hidden="true" />
      Search
      <span aria-hidden="true" className="ml-auto text-xs font-normal">
        {HAS_COMMAND_KEY ? '⌘ K' : 'Ctrl K'}
      </span>
    </button>
  );
}
