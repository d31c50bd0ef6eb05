import { Tabs } from 'radix-ui';
import { CopyButton } from '../../../../design/patterns/copy-button.tsx';
import { Scrolling } from '../../../../design/primitives/scrolling.tsx';
import { type SnippetFacts, snippetsOf } from './snippets.ts';

/** Configuration snippets with a new key, shown one at a time. */
export function SnippetTabs(facts: Omit<SnippetFacts, 'server'>) {
  const snippets = snippetsOf({ ...facts, server: location.origin });
  return (
    <Tabs.Root defaultValue="curl" className="flex min-w-0 flex-col gap-3">
      <Tabs.List aria-label="Ready to paste" className="flex flex-wrap gap-x-1 border-b border-line">
        {snippets.map(({ title }) => (
          <Tabs.Trigger
            key={title}
            value={title}
            className="-mb-px h-9 border-b-2 border-transparent px-3 font-medium text-soft hover:text-text data-[state=active]:border-accent data-[state=active]:text-text"
          >
            {title}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      {snippets.map(({ title, hint, text }) => (
        <Tabs.Content key={title} value={title} className="flex flex-col gap-2">
          <p className="text-small text-soft">{hint}</p>
          <div className="flex items-start gap-1 rounded-lg bg-hover pr-1.5">
            <Scrolling label={`${title} snippet`} className="max-h-56 min-w-0 grow rounded-lg">
              <pre className="w-max px-3.5 py-3 font-mono text-xs leading-5">{text}</pre>
            </Scrolling>
            <div className="pt-1.5">
              <CopyButton text={text} name={`${title} snippet`} />
            </div>
          </div>
        </Tabs.Content>
      ))}
    </Tabs.Root>
  );
}
