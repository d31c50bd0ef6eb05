import { domainToASCII } from 'node:url';

/**
 * Characters that are invisible or change the direction of text, and those that will never be any (RFC 8264, 9.13); and
 * those around annotations, which are invisible too.
 */
const HIDDEN = /[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{Noncharacter_Code_Point}\ufff9-\ufffb]/gu;

/** Those that free text needs: emoji are written with them. */
const OF_EMOJI = /^(?:\u200c|\u200d|\p{Variation_Selector})$/u;

const JOINERS = /^(?:\u200c|\u200d)$/;

/** How a text is used: a name identifies something, and must not pass for another. */
export type TextUse = 'name' | 'text';

/** The first character of a text that its readers can't see or that reorders it, as `U+202E`, or null. */
export function findHidden(text: string, use: TextUse): string | null {
  for (const { 0: character, index } of text.matchAll(HIDDEN)) {
    const allowed =
      use === 'text'
        ? OF_EMOJI.test(character)
        : isInPlace(character, text.slice(0, index), text.slice(index + 1));
    if (!allowed) return `U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}`;
  }
  return null;
}

/** Asks for an emoji's colored form, which keyboards send with many emoji: not hidden, as everyone sees the form. */
const EMOJI_FORM = '\ufe0f';

/**
 * Whether it is the form of the emoji before it, or a joiner where a script needs one (RFC 5892, A.1 and A.2). IDNA has these rules for host names, and Node
 * the tables for them: asked is the label of the letters next to the joiner.
 */
function isInPlace(character: string, left: string, right: string): boolean {
  if (character === EMOJI_FORM) return /\p{Extended_Pictographic}$/u.test(left);
  if (!JOINERS.test(character)) return false;
  const [before] = /\p{L}\p{M}*$/u.exec(left) ?? [];
  const [after = ''] = /^\p{M}*\p{L}/u.exec(right) ?? [];
  return before !== undefined && domainToASCII(`${before}${character}${after}`) !== '';
}
