import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button, IconButton } from '../primitives/button.tsx';
import { useToast } from './toasts.tsx';

const SHOWN_MS = 2_000;

/** Copies a text to the clipboard and says so: `Copied ID`. Resolves with whether the browser let it. */
export function useCopy(): (text: string, name: string) => Promise<boolean> {
  const toast = useToast();
  return async (text, name) => {
    try {
      await navigator.clipboard.writeText(text);
      toast({ text: `Copied ${name}` });
      return true;
    } catch {
      toast({
        tone: 'danger',
        text: `The browser did not let the ${name} be copied. Select it and copy it yourself.`,
      });
      return false;
    }
  };
}

/** Copies a text described by `name`. With `words` it has a text label, else an icon. */
export function CopyButton({
  text,
  name,
  words,
  size,
  onCopied,
}: {
  readonly text: string;
  readonly name: string;
  readonly words?: string;
  readonly size?: 'small';
  onCopied?(): void;
}) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copyText = useCopy();
  const copy = async () => {
    if (!(await copyText(text, name))) return;
    setCopied(true);
    onCopied?.();
  };
  const picture = copied ? <Check size={16} aria-hidden="true" /> : <Copy size={16} aria-hidden="true" />;
  if (words)
    return (
      <Button size={size} onClick={copy}>
        {picture}
        {copied ? 'Copied' : words}
      </Button>
    );
  return (
    <IconButton label={`Copy ${name}`} onClick={copy} className="size-8">
      {picture}
    </IconButton>
  );
}
