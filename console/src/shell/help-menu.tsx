import { CircleHelp } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { IconButton } from '../design/primitives/button.tsx';
import { classNames } from '../design/primitives/class-names.ts';
import { Menu, MenuItem, MenuLabel, MenuLine, MenuPage } from '../design/primitives/menu.tsx';
import { openCommand } from './commands.ts';

/** The descriptions of the API, the state of the server and its version. */
export function HelpMenu() {
  const graphiql = metaOf('graphiql');
  const wanted = useRef(false);
  return (
    <Menu
      label="Help"
      onClosed={() => {
        if (wanted.current) openCommand('shortcuts');
        wanted.current = false;
      }}
      trigger={
        <IconButton label="Help">
          <CircleHelp size={18} aria-hidden="true" />
        </IconButton>
      }
    >
      <MenuItem
        onSelect={() => {
          wanted.current = true;
        }}
      >
        Keyboard shortcuts
      </MenuItem>
      <MenuLine />
      <MenuLabel>API</MenuLabel>
      {graphiql && <MenuPage href={graphiql}>GraphiQL</MenuPage>}
      <MenuPage href="/schema.graphql">GraphQL schema</MenuPage>
      <MenuPage href="/openapi.json">OpenAPI document</MenuPage>
      <MenuLine />
      <MenuPage href="/readyz">
        <ServerState />
      </MenuPage>
      <MenuLabel>Keywright {metaOf('version')}</MenuLabel>
    </Menu>
  );
}

const STATES = {
  unknown: ['bg-line-strong', 'Server status'],
  ready: ['bg-good', 'The server is ready'],
  'not-ready': ['bg-danger', 'The server is not ready'],
} as const;

/** Whether the server is ready to work, asked when the menu is opened. */
function ServerState() {
  const [state, setState] = useState<keyof typeof STATES>('unknown');
  useEffect(() => {
    const stop = new AbortController();
    fetch('/readyz', { cache: 'no-store', signal: stop.signal })
      .then(({ ok }) => setState(ok ? 'ready' : 'not-ready'))
      .catch(() => stop.signal.aborted || setState('not-ready'));
    return () => stop.abort();
  }, []);
  const [colour, words] = STATES[state];
  return (
    <span className="inline-flex items-center gap-2">
      <span aria-hidden="true" className={classNames('size-2 shrink-0 rounded-full', colour)} />
      {words}
    </span>
  );
}

/** A setting of the server in the page. */
function metaOf(name: string): string | null {
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? null;
}
