import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button, IconButton } from '../primitives/button.tsx';
import { useToast } from './toasts.tsx';

const SHOWN_MS = 2_000;

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
  const toast = useToast();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      toast({ text: `Copied ${name}` });
      onCopied?.();
    } catch {
      toast({
        tone: 'danger',
        text: `The browser did not let the ${name} be copied. Select it and copy it yourself.`,
      });
    }
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
